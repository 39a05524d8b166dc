import fc from "fast-check";
import { CORE_SCHEMA, DUMP_SCHEMA, load, YAML11_SCHEMA } from "js-yaml";
import { describe, expect, it } from "vitest";
import {
  formatDoubleQuoted,
  formatYamlString,
  isSafePlainScalar,
  isStringWhenPlain,
} from "../../src/overrides/yaml-string.js";
import { vectors } from "./vectors.js";
import { runsOf } from "../../../../test/setup/whole.js";

describe("isSafePlainScalar", () => {
  it.each(vectors("safe-plain-scalar"))("keeps vector $id: $input", ({ input, expected }) => {
    expect(isSafePlainScalar(input as string)).toBe(expected);
  });

  it.each([
    "v1.20",
    "1.20.1",
    "latest@sha256:abc",
    "a:b",
    "12:30",
    "1.0-rc1",
    "abc1234",
    "2024-01",
  ])("takes %j", (text) => expect(isSafePlainScalar(text)).toBe(true));

  it.each([
    "1.20",
    "12",
    "0123456",
    "1e3",
    "12e4567",
    "0x1F",
    "0o17",
    "0b1",
    ".5",
    "1_000",
    "+1",
    "true",
    "Yes",
    "on",
    "OFF",
    "y",
    "null",
    "~",
    "",
    "<<",
    ".inf",
    "-.INF",
    ".NaN",
    "2024-01-02",
    "2024-1-2 3:4:5",
    "-x",
    "@x",
    "*x",
    "&x",
    "!x",
    "a: b",
    "a #b",
    "a:",
    " a",
    "a ",
    "a\tb",
    "a\nb",
    "[x",
    "{x",
    "#x",
    "'x",
    '"x',
    "%x",
    "`x",
    "|x",
    ">x",
    ",x",
    "...x",
    "\u0007",
    "a\u2028b",
    "\uFEFF",
  ])("refuses %j", (text) => expect(isSafePlainScalar(text)).toBe(false));
});

describe("formatYamlString", () => {
  it.each([
    ["v1.20.1", "v1.20.1"],
    ["1.0", '"1.0"'],
    ["12e4567", '"12e4567"'],
    ["1_000", '"1_000"'],
    ["12:30", '"12:30"'],
    ["on", '"on"'],
    ["N", '"N"'],
    ["", '""'],
    ["~", '"~"'],
    ["<<", '"<<"'],
    ["2024-1-2", '"2024-1-2"'],
    ["a: b", "'a: b'"],
    ["a:", "'a:'"],
    ["a:b", "a:b"],
    ["x #y", "'x #y'"],
    ["x#y", "x#y"],
    ["*x", "'*x'"],
    ["@x", "'@x'"],
    ["-x", "-x"],
    ["- x", "'- x'"],
    ["-", "'-'"],
    ["---a", "'---a'"],
    ["it's", "it's"],
    ["'x'", "'''x'''"],
    [" a", "' a'"],
    ["a\tb", '"a\\tb"'],
    ["a\nb", '"a\\nb"'],
    ["é", "é"],
    ["😀", '"\\U0001F600"'],
  ])("writes %j as %s", (text, formatted) => {
    expect(formatYamlString(text)).toBe(formatted);
  });

  const character = (among: string): fc.Arbitrary<string> =>
    fc.nat(among.length - 1).map((index) => among.charAt(index));
  const texts = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: character("0123456789._-+exob:T ") }),
    fc.string({ unit: character("yYnNoOfFtrueals~<.") }),
    fc.string({ unit: character("a b:#-?,[]{}&*!|>'\"%@`\\\t\n\r\u2028") }),
  );

  it("is read back as the same string under every schema", () => {
    fc.assert(
      fc.property(
        texts,
        fc.constantFrom(CORE_SCHEMA, YAML11_SCHEMA, DUMP_SCHEMA),
        (text, schema) => {
          expect(load(`k: ${formatYamlString(text)}\n`, { schema })).toEqual({ k: text });
        },
      ),
      { numRuns: runsOf(2000) },
    );
  });

  it("writes plain what may be plain", () => {
    fc.assert(
      fc.property(texts, (text) => {
        fc.pre(isSafePlainScalar(text) && isStringWhenPlain(text));
        expect(formatYamlString(text)).toBe(text);
      }),
    );
  });
});

describe("formatDoubleQuoted", () => {
  it("escapes what would end the scalar or not print", () => {
    expect(formatDoubleQuoted('a"b\\c\u0000\u0085\u2029\u0001\uFEFF')).toBe(
      '"a\\"b\\\\c\\0\\N\\P\\x01\\uFEFF"',
    );
  });
});
