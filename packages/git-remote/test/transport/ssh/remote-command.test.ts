import { execFile } from "node:child_process";
import { promisify } from "node:util";
import fc from "fast-check";
import { expect, it } from "vitest";
import { GitRemoteError } from "../../../src/git-remote-error.js";
import { remoteCommand } from "../../../src/transport/ssh/remote-command.js";

it("quotes as Git does", () => {
  expect(remoteCommand("git-upload-pack", "team/it's a!.git", "t")).toBe(
    String.raw`git-upload-pack 'team/it'\''s a'\!'.git'`,
  );
});

it("gives any path to a shell as one word", async () => {
  const path = fc
    .string({ unit: "grapheme", minLength: 1 })
    .filter((text) => !/[\n\r\0]/u.test(text) && !/\p{Cs}/u.test(text));
  await fc.assert(
    fc.asyncProperty(fc.array(path, { minLength: 1, maxLength: 30 }), async (paths) => {
      const lines = paths.map((text) =>
        remoteCommand("git-upload-pack", text, "t").replace(
          "git-upload-pack",
          String.raw`printf '%s\n'`,
        ),
      );
      const { stdout } = await promisify(execFile)("sh", ["-c", lines.join("\n")]);
      expect(stdout.split("\n").slice(0, -1)).toEqual(paths);
    }),
    { numRuns: 20 },
  );
});

it.each(["a\nb", "a\rb", "a\0b"])("refuses %j", (path) => {
  const quote = (): string => remoteCommand("git-upload-pack", path, "ssh://example.com/a");
  expect(quote).toThrow(GitRemoteError);
  expect(quote).toThrow("ssh://example.com/a");
});
