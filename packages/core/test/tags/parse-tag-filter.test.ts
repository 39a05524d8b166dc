import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTagFilter } from "../../src/tags/parse-tag-filter.js";
import { loadUpstreamVectors } from "../version/load-vectors.js";
import { runsOf } from "../../../../test/setup/whole.js";

const VALID = "1.2.3";

describe("parseTagFilter with allow-tags", () => {
  it.each([
    [undefined, "x", true],
    ["", "x", true],
    ["any", "x", true],
    ["ANY", "x", true],
    ["regexp:^v[0-9]+$", "v1", true],
    ["REGEXP:^v[0-9]+$", "v1", true],
    ["regexp:[0-9]", "v1-x", true],
    ["regexp:", "x", true],
    ["regexp:^a:b$", "a:b", true],
    ["regexp:^V1$", "v1", false],
    ["regexp:(?i)^V1$", "v1", true],
    ["regexp:^$", "x", false],
    ["regexp: v1", "v1", false],
  ])("%s on %s is %s", (allowTags, tag, expected) => {
    expect(parseTagFilter({ allowTags }).value.test(tag)).toBe(expected);
  });

  it.each([
    ["^v1", { offset: 0, length: 3 }],
    [" any", { offset: 0, length: 4 }],
    ["any:", { offset: 0, length: 4 }],
    ["regexp", { offset: 0, length: 6 }],
    ["regexp:(", { offset: 7, length: 1 }],
    ["regexp:v(?=1)", { offset: 8, length: 3 }],
    [String.raw`regexp:(a)\1`, { offset: 10, length: 2 }],
    ["regexp:a[", { offset: 8, length: 1 }],
    ["regexp:a{1001}", { offset: 8, length: 6 }],
  ])("allows nothing by %s, and says so", (allowTags, place) => {
    const { value, diagnostics } = parseTagFilter({ allowTags });
    expect(value.test(VALID)).toBe(false);
    expect(value.explain(VALID)).toMatchObject({
      kind: "rejected",
      reason: { code: "invalid-pattern", pattern: allowTags },
    });
    expect(diagnostics).toMatchObject([
      { severity: "error", code: "invalid-tag-pattern", where: place },
    ]);
  });

  it.each([
    ["regexp:v1", true],
    ["regexp:", true],
    ["regexp:(?i)v1", true],
    [String.raw`regexp:v1\$`, true],
    [String.raw`regexp:a\.*`, true],
    ["regexp:^v1", false],
    ["regexp:v1$", false],
    [String.raw`regexp:v1\\$`, false],
    ["regexp:(?i)^v1", false],
    ["regexp:(?i:(?P<a>^v1))", false],
    ["regexp:(v1|v2$)", false],
    [String.raw`regexp:\Av1\z`, false],
    [String.raw`regexp:v1\z`, false],
    ["regexp:.*-alpine", false],
    ["regexp:v.*", false],
    ["any", false],
  ])("remarks that %s is found anywhere: %s", (allowTags, expected) => {
    const { diagnostics } = parseTagFilter({ allowTags });
    expect(diagnostics.map(({ severity, code }) => `${severity} ${code}`)).toEqual(
      expected ? ["info unanchored-pattern"] : [],
    );
  });

  it("allows nothing by an expression that nests too deeply", () => {
    const { value, diagnostics } = parseTagFilter({ allowTags: `regexp:${"(".repeat(50_000)}` });
    expect(value.test(VALID)).toBe(false);
    expect(diagnostics).toMatchObject([{ severity: "error", code: "invalid-tag-pattern" }]);
  });

  it("ends on an expression that makes a backtracking engine hang", () => {
    const { value } = parseTagFilter({ allowTags: "regexp:^(a+)+$" });
    expect(value.test(`${"a".repeat(50_000)}!`)).toBe(false);
    expect(value.test("a".repeat(50_000))).toBe(true);
  });

  it("never throws", () => {
    const expressions = fc.string({
      unit: fc.constantFrom(...String.raw`ab()[]{}?*+|^$\.<P1,:-`.split("")),
    });
    fc.assert(
      fc.property(expressions, fc.string(), (expression, tag) => {
        const { value } = parseTagFilter({ allowTags: `regexp:${expression}` });
        expect(value.test(tag)).toBe(value.explain(tag).kind === "accepted");
      }),
    );
  });

  it("agrees with upstream", () => {
    type Input = { allowTags: string; tag: string };
    for (const { id, input, expected } of loadUpstreamVectors<Input, boolean>("allow-tags")) {
      const { value } = parseTagFilter({ allowTags: input.allowTags });
      expect([id, value.test(input.tag)]).toEqual([id, expected]);
    }
  });
});

describe("parseTagFilter with ignore-tags", () => {
  it("ignores what any glob matches as a whole", () => {
    const { value, diagnostics } = parseTagFilter({ ignoreTags: ["latest", "*-rc?"] });
    expect(diagnostics).toEqual([]);
    expect(value.explain("1.0-rc1")).toEqual({
      kind: "rejected",
      reason: { code: "ignored", pattern: "*-rc?" },
    });
    expect(value.explain("latest-1")).toEqual({ kind: "accepted" });
  });

  it("takes an empty glob for the empty tag only", () => {
    expect(parseTagFilter({ ignoreTags: [""] }).value.test(VALID)).toBe(true);
  });

  it("warns of a malformed glob and goes on without it", () => {
    const { value, diagnostics } = parseTagFilter({ ignoreTags: ["[a-", "1*"] });
    expect(diagnostics).toMatchObject([{ severity: "warning", code: "invalid-glob" }]);
    expect(diagnostics[0]?.message).toContain('"[a-"');
    expect(["a", "[a-", "1.0"].filter((tag) => value.test(tag))).toEqual(["a", "[a-"]);
  });

  it("asks allow-tags first", () => {
    const { value } = parseTagFilter({ allowTags: "regexp:^v", ignoreTags: ["*"] });
    expect(value.explain("1")).toMatchObject({ reason: { code: "not-allowed" } });
    expect(value.explain("v1")).toMatchObject({ reason: { code: "ignored" } });
  });

  it("agrees with upstream", () => {
    type Input = { ignoreTags: string[]; tag: string };
    for (const { id, input, expected } of loadUpstreamVectors<Input, boolean>("ignore-tags")) {
      const { value } = parseTagFilter({ ignoreTags: input.ignoreTags });
      expect([id, value.test(input.tag)]).toEqual([id, !expected]);
    }
  });
});

it("lets everything through without settings", () => {
  expect(parseTagFilter().value.test("")).toBe(true);
});

describe("parseTagFilter on what cannot mean what it says", () => {
  it.each([
    ["regexp: ^v1$", 7],
    ["regexp:^v1$ ", 11],
    ['regexp:"^v1$"', 7],
    ["regexp:'^v1$'", 7],
    ["regexp:`^v1$`", 7],
    ["regexp:/^v1/", 7],
    ["regexp:^v1$ | ^v2$", 11],
    ["regexp:[[:alpha:]] x", 18],
  ])("warns that allow-tags %j asks for a character no tag has", (allowTags, offset) => {
    expect(parseTagFilter({ allowTags }).diagnostics).toMatchObject([
      { severity: "warning", code: "unmatchable-pattern", where: { offset, length: 1 } },
    ]);
  });

  it.each([
    String.raw`regexp:^v1\ x$`,
    "regexp:^[ '/]v1$",
    String.raw`regexp:^v\d+\.\d+$`,
    "regexp:^(?i:rc)$",
  ])("says nothing of the kind of %j", (allowTags) => {
    const { diagnostics } = parseTagFilter({ allowTags });
    expect(diagnostics.map(({ code }) => code)).not.toContain("unmatchable-pattern");
  });

  it.each([
    ["regexp:^[a-zA-Z].*", "regexp:"],
    ["REGEXP:x", "regexp:"],
    ["^v.*", "no tag"],
    ["v1$", "no tag"],
    ["a|b", "no tag"],
    ["(rc", "no tag"],
    ["{rc", "no tag"],
    ["rc b", "no tag"],
    ['"latest"', "no tag"],
    [".*-rc", "no tag"],
    ["-rc*", "no tag"],
    ["o/app", "no tag"],
    ["[ /]*", "no tag"],
    [String.raw`\$x`, "no tag"],
    ["*+*", "no tag"],
  ])("warns that ignore-tags %j ignores nothing", (pattern, expected) => {
    const { value, diagnostics } = parseTagFilter({ ignoreTags: ["ok", pattern] });
    expect(diagnostics).toMatchObject([{ severity: "warning", code: "unmatchable-pattern" }]);
    expect(diagnostics[0]?.message).toContain(expected);
    expect(value.test("1.0.0")).toBe(true);
  });

  it.each([
    ["[!a]*", "[^"],
    [String.raw`v\d*`, "[0-9]"],
  ])("warns that ignore-tags %j is another language", (pattern, expected) => {
    const { diagnostics } = parseTagFilter({ ignoreTags: [pattern] });
    expect(diagnostics).toMatchObject([{ severity: "warning", code: "invalid-glob" }]);
    expect(diagnostics[0]?.message).toContain(expected);
  });

  it.each(["*", "", "latest", "*-rc*", "1.?.[0-9]", String.raw`0\.0\.0*`, "sha-*", "_x", "[^a]*"])(
    "says nothing of ignore-tags %j",
    (pattern) => {
      expect(parseTagFilter({ ignoreTags: [pattern] }).diagnostics).toEqual([]);
    },
  );

  it("never warns of a glob that ignores some tag", () => {
    const pattern = fc
      .array(fc.constantFrom("a", "1", ".", "-", "*", "?", "[a-z]", "[^a]", "\\.", "$", " ", "/"), {
        maxLength: 6,
      })
      .map((parts) => parts.join(""));
    const tag = fc.stringMatching(/^[a1_][a1_.-]{0,5}$/u);
    fc.assert(
      fc.property(pattern, tag, (glob, text) => {
        const { value, diagnostics } = parseTagFilter({ ignoreTags: [glob] });
        expect(value.test(text) || diagnostics.length === 0).toBe(true);
      }),
      { numRuns: runsOf(2000) },
    );
  });

  it("cuts a long pattern in its message", () => {
    const long = `${"a".repeat(100_000)}$`;
    const { diagnostics } = parseTagFilter({ allowTags: long, ignoreTags: [long] });
    expect(diagnostics).toHaveLength(2);
    for (const { message } of diagnostics) expect(message.length).toBeLessThan(500);
  });
});
