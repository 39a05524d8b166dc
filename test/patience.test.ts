import { describe, expect, it } from "vitest";
import { readRepositoryFiles } from "./repository-files.js";

/** What makes a test depend on how fast a machine is, and what to write in its place. */
const HASTE: readonly (readonly [string, RegExp])[] = [
  [
    "vi.waitFor or vi.waitUntil: use expect.poll, whose limit is in vitest.config.ts",
    /\bvi\.wait/u,
  ],
  ["a limit of one's own for a poll or a test", /\.poll\([^;]*,\s*\{[^{}]*\btimeout:\s*\d/u],
  ["a limit of one's own for a test", /^\s*\}, \d{2,3}_000\);$/mu],
  ["an expectation on elapsed time", /expect\((?:Date|performance)\.now\(\) - /u],
];

const TESTS = readRepositoryFiles((path) => /^(?:packages\/[^/]+\/)?test\/.*\.ts$/u.test(path));

describe("a test ends by what it waits for, however slow the machine is, and so has no", () => {
  it.each(HASTE)("%s", (_, haste) => {
    const hasty = TESTS.filter(
      ({ path, text }) => path !== "test/patience.test.ts" && haste.test(text),
    );
    expect(hasty.map(({ path }) => path)).toEqual([]);
  });
});
