import { describe, expect, it } from "vitest";
import { failureOf, render } from "./sample-data.js";

describe("text, trim markers and comments", () => {
  it.each([
    ["", ""],
    ["a { b } }} c", "a { b } }} c"],
    ["a {{- 1}} b", "a1 b"],
    ["a {{1 -}} b", "a 1b"],
    ["a\r\n\t {{- 1 -}} \n\n b", "a1b"],
    ["a {{-1}} b", "a -1 b"],
    ["a {{- -1 -}} b", "a-1b"],
    ["a\u00a0{{- 1}}", "a\u00a01"],
    ["{{\n1\n}}", "1"],
    ["{{1 \n -}} b", "1b"],
    ["{{-\n1}}", "1"],
    ["a {{/* c }} */}} b", "a  b"],
    ["a {{- /* c */ -}} b", "ab"],
    ["a {{- /* c */}} b", "a b"],
    ["{{- /*a*/ -}}\n{{- 1 -}}\n", "1"],
  ])("renders %j as %j", (template, expected) => {
    expect(render(template)).toBe(expected);
  });

  it.each([
    ["{{", 2],
    ["a{{}}", 3],
    ["a {{/* c", 2],
    ["a {{/* c */ }} b", 2],
    ["{{ /* c */ }}", 3],
    ["{{--}}", 2],
    ["{{1-}}", 2],
    ["{{.Name", 7],
    ["{{.Name!}}", 7],
    ['{{"a\n"}}', 2],
    ["{{`a}}", 2],
    ["{{(1}}", 4],
    ["{{1)}}", 3],
    ["{{#}}", 2],
    ["{{$x}}", 2],
    ["{{nope}}", 2],
    ["{{1 | 2}}", 6],
    ["{{true.A}}", 2],
    ["{{1 := 2}}", 4],
    ["{{$x, $y := 1}}", 4],
    ["{{end}}", 2],
    ["{{if 1}}", 8],
    ["{{if}}{{end}}", 4],
    ["{{if 1}}{{else}}{{else}}{{end}}", 18],
    ["{{range 2}}{{else if 1}}{{end}}", 18],
    ["{{break}}", 2],
    ["{{range 1}}{{else}}{{continue}}{{end}}", 21],
    ['{{if 1}}{{define "x"}}{{end}}{{end}}', 10],
    ['{{define "x"}}a{{end}}{{define "x"}}b{{end}}', 24],
    ['{{block "x"}}{{end}}', 11],
    ['{{$y := 1}}{{define "x"}}{{$y}}{{end}}', 27],
  ])("refuses %j at offset %i", (template, offset) => {
    const error = failureOf(template);
    expect({ code: error.code, offset: error.offset }).toEqual({ code: "parse", offset });
  });
});

describe("literals", () => {
  it.each([
    ["0x1F 0o17 017 0b11 1_000 0x_ff", "31 15 15 3 1000 255"],
    ["-9223372036854775808 +3 -0", "-9223372036854775808 3 0"],
    ["'a' '\\n' '\\'' '\\x41' '\\377' '\\u00e9' 'é'", "97 10 39 65 255 233 233"],
    [
      "1.0 .5 5. 1e3 100000.0 1e6 1.5e-7 123456789.0",
      "1 0.5 5 1000 100000 1e+06 1.5e-07 1.23456789e+08",
    ],
    ["0.0001 0.00001 -1.5 1_0.5", "0.0001 1e-05 -1.5 10.5"],
    ["true false", "true false"],
    [String.raw`"a\tb\x41\101\u00e9\U0001F600\\\"'\xc3\xa9"`, "a\tbAAé😀\\\"'é"],
    ["`raw\\n '\"\r`", "raw\\n '\""],
  ])("reads %s", (literals, expected) => {
    expect(render(`{{print ${literals}}}`)).toBe(expected);
  });

  it.each([
    "9223372036854775808",
    "08",
    "1__0",
    "1_",
    "0x",
    "0b2",
    "1e",
    "1e999",
    "1i",
    "0x1p4",
    "''",
    "'ab'",
    String.raw`'\"'`,
    String.raw`"\'"`,
    String.raw`"\400"`,
    String.raw`"\ud800"`,
    String.raw`"\xff"`,
    String.raw`"\z"`,
  ])("refuses %s", (literal) => {
    expect(failureOf(`{{print ${literal}}}`).code).toBe("parse");
  });
});
