import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createGitProgram, type GitProgram } from "@image-updater/git-remote/testing";
import { tidyCommitMessage } from "../../src/change/commit-text.js";
import { addSignOff } from "../../src/change/sign-off.js";

const BOT = { name: "Bot", email: "bot@example.com" };
const OURS = "Signed-off-by: Bot <bot@example.com>";

it.each([
  ["subject\n", `subject\n\n${OURS}\n`],
  ["subject\n\nbody\n", `subject\n\nbody\n\n${OURS}\n`],
  ["subject\n\nFixes: x\n", `subject\n\nFixes: x\n${OURS}\n`],
  ["subject\n\nFixes: x\n  and more\n", `subject\n\nFixes: x\n  and more\n${OURS}\n`],
  ["subject\n\nFixes: x\nnot a trailer\n", `subject\n\nFixes: x\nnot a trailer\n\n${OURS}\n`],
  [`subject\n\n${OURS}\n`, `subject\n\n${OURS}\n`],
  [`subject\n\n${OURS}\nReviewed-by: x\n`, `subject\n\n${OURS}\nReviewed-by: x\n`],
  [`subject\n\n${OURS}\n\nbody\n`, `subject\n\n${OURS}\n\nbody\n\n${OURS}\n`],
  [
    "subject\n\nSigned-off-by: X <x@y>\na\nb\nc\n",
    `subject\n\nSigned-off-by: X <x@y>\na\nb\nc\n${OURS}\n`,
  ],
  [
    "subject\n\nSigned-off-by: X <x@y>\na\nb\nc\nd\n",
    `subject\n\nSigned-off-by: X <x@y>\na\nb\nc\nd\n\n${OURS}\n`,
  ],
])("signs off %j", (message, signedOff) => {
  expect(addSignOff(message, BOT)).toBe(signedOff);
});

describe("a message that is signed off", () => {
  let home: string;
  let git: GitProgram;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "sign-off-"));
    git = createGitProgram(home);
    await git.run(["init", "--quiet"]);
  });
  afterAll(async () => {
    await git.close();
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  });

  const commitWithGit = async (message: string): Promise<string> => {
    const who = ["-c", `user.name=${BOT.name}`, "-c", `user.email=${BOT.email}`];
    const commit = ["commit", "--quiet", "--allow-empty", "--signoff", "--file=-"];
    await git.run([...who, ...commit], message);
    const bytes = (await git.run(["cat-file", "commit", "HEAD"])).toString();
    return bytes.slice(bytes.indexOf("\n\n") + 2);
  };

  it("is what git commit -s makes of it", async () => {
    const line = fc.constantFrom(
      "",
      "",
      "word",
      "some words",
      "Key: value",
      "Key-2 :value",
      "Key",
      "two words: value",
      ": no key",
      "  indented",
      "Signed-off-by: Somebody Else <somebody@example.com>",
      "(cherry picked from commit 0123)",
      OURS,
    );
    const lines = fc.array(line, { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(lines, async (list) => {
        const message = tidyCommitMessage(`subject\n${list.join("\n")}`);
        // Git repeats a line that is not the last of its block.
        fc.pre(!message.trimEnd().split("\n").slice(0, -1).includes(OURS));
        expect(addSignOff(message, BOT)).toBe(await commitWithGit(message));
      }),
      { numRuns: 100 },
    );
  });
});
