import { writeBackTargetContract } from "@image-updater/core/testing";
import { startSshGitServer } from "@image-updater/writeback-git/testing";
import { it } from "vitest";
import { describeSsh, sshGit } from "./ssh-stage.js";

describeSsh.each([
  { title: "of version 2", options: {} },
  { title: "of version 0", options: { protocol: 0 } },
] as const)(
  "writeback-git keeps the WriteBackTarget contract over SSH, server $title",
  ({ options }) => {
    const clauses = writeBackTargetContract({
      async create(files) {
        const server = await startSshGitServer(options);
        const { url } = await server.createRepository("apps", {
          branches: { main: files, staging: files },
          defaultBranch: "main",
        });
        return {
          target: sshGit(server),
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
