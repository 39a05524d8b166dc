import { writeBackTargetContract } from "@image-updater/core/testing";
import { createGitWriteBack } from "@image-updater/writeback-git";
import { startGitServer } from "@image-updater/writeback-git/testing";
import { describe, it } from "vitest";
import { SERVERS } from "./servers.js";

describe.each(SERVERS)(
  "writeback-git keeps the WriteBackTarget contract, server $title",
  ({ options }) => {
    const clauses = writeBackTargetContract({
      async create(files) {
        const server = await startGitServer(options);
        const { url } = await server.createRepository("apps", {
          branches: { main: files, staging: files },
          defaultBranch: "main",
        });
        return {
          target: createGitWriteBack({ allowHttp: true }),
          repository: url,
          readFile: (branch, path) => server.readFile("apps", branch, path),
          async messages(branch): Promise<readonly string[]> {
            const commits = await server.log("apps", branch);
            // The last one is the fixture's own.
            return commits.slice(0, -1).map(({ message }) => message.trimEnd());
          },
          async close(): Promise<void> {
            await server.fsck("apps");
            await server.close();
          },
        };
      },
      aborted: AbortSignal.abort(),
    });
    for (const { name, run } of clauses) it(name, run);
  },
);
