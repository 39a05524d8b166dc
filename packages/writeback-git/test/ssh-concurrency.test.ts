import { afterAll, beforeAll, expect, it } from "vitest";
import { startSshGitServer, type SshGitTestServer } from "../src/testing/index.js";
import { change, codeOf, setValue } from "./changes.js";
import { describeSsh, sshGit } from "./ssh-stage.js";

const WRITERS = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
const COMMITS = 3;

describeSsh("ten writers over SSH", () => {
  let server: SshGitTestServer;
  beforeAll(async () => {
    server = await startSshGitServer();
  });
  afterAll(() => server.close());

  it("that commit to one file of one branch three times each lose nothing", async () => {
    const start = WRITERS.map((key) => `${key}: v0\n`).join("");
    const { url } = await server.createRepository("race", {
      branches: { main: { "values.yaml": start } },
    });
    const writer = async (key: string): Promise<readonly unknown[]> => {
      // One of its own, as in a process of its own: nothing in common but the server.
      const git = sshGit(server, {}, { random: Math.random });
      const codes: unknown[] = [];
      for (let version = 1; version <= COMMITS; version += 1) {
        const edits = [setValue("values.yaml", key, `v${version}`)];
        const message = `${key} to v${version}\n`;
        const [result] = await git.write([change(key, { repository: url }, edits, { message })]);
        codes.push(codeOf(result));
      }
      return codes;
    };

    const codes = await Promise.all(WRITERS.map(writer));

    expect(codes.flat()).toEqual(Array.from({ length: WRITERS.length * COMMITS }, () => "written"));
    expect(await server.readFile("race", "main", "values.yaml")).toBe(
      WRITERS.map((key) => `${key}: v${COMMITS}\n`).join(""),
    );
    const log = await server.log("race", "main");
    const edits = WRITERS.flatMap((key) =>
      Array.from({ length: COMMITS }, (_, index) => `${key} to v${index + 1}`),
    );
    const messages = log.slice(0, -1).map(({ message }) => message.trim());
    expect(messages.toSorted()).toEqual(edits.toSorted());
    await server.fsck("race");
  });
});
