import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, constantFrom, property, array, boolean } from "fast-check";
import { describe, expect, it } from "vitest";
import { unifiedDiff } from "../../src/update/unified-diff.js";

const numbers = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `line ${index + 1}`);
const text = (lines: readonly string[]): string => `${lines.join("\n")}\n`;
const changed = (count: number, ...at: readonly number[]): string =>
  text(numbers(count).map((line, index) => (at.includes(index + 1) ? `${line} now` : line)));

describe("the difference of two texts", () => {
  it("is empty when they are the same", () => {
    expect(unifiedDiff("f", "a\n", "a\n")).toBe("");
    expect(unifiedDiff("f", "", "")).toBe("");
    expect(unifiedDiff("f", undefined, "")).toBe("");
  });

  it("names a file that does not exist yet", () => {
    expect(unifiedDiff("dir/f", undefined, "a\nb\n")).toBe(
      "--- /dev/null\n+++ b/dir/f\n@@ -0,0 +1,2 @@\n+a\n+b",
    );
  });

  // The right side is what GNU `diff -u` prints.
  it.each<readonly [string, string, string, readonly string[]]>([
    ["one line", "a\n", "b\n", ["@@ -1 +1 @@", "-a", "+b"]],
    ["a file that was empty", "", "a\n", ["@@ -0,0 +1 @@", "+a"]],
    ["a file that becomes empty", "a\nb\n", "", ["@@ -1,2 +0,0 @@", "-a", "-b"]],
    [
      "a last line that loses its line break",
      "a\nb\n",
      "a\nb",
      ["@@ -1,2 +1,2 @@", " a", "-b", "+b", "\\ No newline at end of file"],
    ],
    [
      "a last line that gains its line break",
      "a\nb",
      "a\nb\n",
      ["@@ -1,2 +1,2 @@", " a", "-b", "\\ No newline at end of file", "+b"],
    ],
    [
      "no line break on either side",
      "a\nb",
      "c\nb",
      ["@@ -1,2 +1,2 @@", "-a", "+c", " b", "\\ No newline at end of file"],
    ],
    [
      "line breaks of Windows",
      "a\r\nb\r\n",
      "a\r\nc\r\n",
      ["@@ -1,2 +1,2 @@", " a\r", "-b\r", "+c\r"],
    ],
    [
      "three lines around",
      changed(9),
      changed(9, 5),
      [
        "@@ -2,7 +2,7 @@",
        " line 2",
        " line 3",
        " line 4",
        "-line 5",
        "+line 5 now",
        " line 6",
        " line 7",
        " line 8",
      ],
    ],
  ])("shows %s", (_name, before, after, lines) => {
    expect(unifiedDiff("f", before, after).split("\n")).toEqual(["--- a/f", "+++ b/f", ...lines]);
  });

  it.each([
    [8, ["@@ -1,11 +1,11 @@"]],
    [9, ["@@ -1,4 +1,4 @@", "@@ -6,7 +6,7 @@"]],
  ])("joins what is at most six lines apart (lines 1 and %i)", (line, headers) => {
    const diff = unifiedDiff("f", changed(20), changed(20, 1, line));
    expect(diff.split("\n").filter((one) => one.startsWith("@@"))).toEqual(headers);
  });

  it("shows a text that is too long to compare as replaced", () => {
    const before = text(numbers(2100));
    const after = text(numbers(2100).map((line) => `${line}!`));
    const diff = unifiedDiff("f", before, after).split("\n");
    expect(diff[2]).toBe("@@ -1,2100 +1,2100 @@");
    expect(diff).toHaveLength(3 + 4200);
  });
});

describe("patch", () => {
  const line = constantFrom("a", "b", "c", "");
  const texts = array(line, { maxLength: 12 });

  it("makes the new text out of the old one and the difference", () => {
    const folder = mkdtempSync(join(tmpdir(), "unified-diff-"));
    const file = join(folder, "f");
    try {
      assert(
        property(texts, texts, boolean(), boolean(), (old, now, oldEnds, nowEnds) => {
          const before = old.join("\n") + (oldEnds ? "\n" : "");
          const after = now.join("\n") + (nowEnds ? "\n" : "");
          const diff = unifiedDiff("f", before, after);
          if (before === after) return diff === "";
          expect(applyDiff(file, before, diff)).toBe(after);
          return true;
        }),
        { numRuns: 40 },
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** Git applies it: it is as strict as `patch`, and there wherever this repository is. */
function applyDiff(file: string, before: string, diff: string): string {
  writeFileSync(file, before);
  execFileSync("git", ["apply", "-"], {
    cwd: join(file, ".."),
    input: `${diff}\n`,
    stdio: ["pipe", "ignore", "ignore"],
  });
  return readFileSync(file, "utf8");
}
