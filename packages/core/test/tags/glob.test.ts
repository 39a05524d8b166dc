import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileGlob } from "../../src/tags/glob.js";
import { runsOf } from "../../../../test/setup/whole.js";

function matches(pattern: string, text: string): boolean | "malformed" {
  return compileGlob(pattern)?.matches(text) ?? "malformed";
}

describe("compileGlob", () => {
  it.each([
    ["", "", true],
    ["", "a", false],
    ["abc", "abc", true],
    ["abc", "abcd", false],
    ["*", "", true],
    ["*", "abc", true],
    ["*", "a/c", false],
    ["*c", "abc", true],
    ["a*", "a", true],
    ["a*/b", "a/b", true],
    ["a*/b", "a/c/b", false],
    ["*-rc*", "1.0-rc1", true],
    ["**b**", "abc", true],
    ["a*b?c*x", "abxbbxdbxebxczzx", true],
    ["a*b?c*x", "abxbbxdbxebxczzy", false],
    ["*ab", "aab", true],
    ["?", "a", true],
    ["?", "/", false],
    ["?", "é", true],
    ["?", "😀", true],
    ["??", "😀", false],
    ["[a-c]x", "bx", true],
    ["[a-c]x", "dx", false],
    ["[^a-c]", "d", true],
    ["[^a-c]", "b", false],
    ["[^a]", "/", true],
    ["[!a]", "b", false],
    ["[!a]", "!", true],
    ["[a-cx-z]", "y", true],
    ["[b-a]", "a", false],
    ["[😀-😂]", "😁", true],
    [String.raw`\*`, "*", true],
    [String.raw`\*`, "a", false],
    [String.raw`[\]]`, "]", true],
    [String.raw`[\-a]`, "-", true],
    ["]", "]", true],
    ["{a,b}", "a", false],
    ["{a,b}", "{a,b}", true],
    // A chunk stays at the first place where it fits, as in Go.
    ["*[^a]*b", "x/b", false],
  ])("%s on %j is %s", (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected);
  });

  it.each(["[", "[]", "[^", "[^]", "[a", "[a-", "[a-]", "[-a]", "[]a]", "a\\", "[\\", "x[a-b-c]"])(
    "refuses %s",
    (pattern) => {
      expect(compileGlob(pattern)).toBeUndefined();
    },
  );

  it("takes bounded time on a hostile pattern", () => {
    expect(matches(`${"*a".repeat(50)}b`, "a".repeat(20_000))).toBe(false);
  });

  it("agrees with a naive matcher", () => {
    const item = fc.constantFrom("a", "b", "*", "?", "[ab]", "[^a]", String.raw`\*`);
    const pattern = fc.array(item, { maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom("a", "b", "c", "*"), maxLength: 10 });
    fc.assert(
      fc.property(pattern, text, (items, subject) => {
        expect(matches(items.join(""), subject)).toBe(matchesNaively(items, subject));
      }),
      { numRuns: runsOf(2000) },
    );
  });
});

function matchesNaively(items: readonly string[], text: string): boolean {
  const [item, ...others] = items;
  if (item === undefined) return text === "";
  if (item === "*") {
    return (
      matchesNaively(others, text) ||
      (text !== "" && !text.startsWith("/") && matchesNaively(items, text.slice(1)))
    );
  }
  return text !== "" && takes(item, text.charAt(0)) && matchesNaively(others, text.slice(1));
}

function takes(item: string, character: string): boolean {
  if (item === "?") return character !== "/";
  if (item === "[ab]") return "ab".includes(character);
  if (item === "[^a]") return character !== "a";
  return item.endsWith(character);
}
