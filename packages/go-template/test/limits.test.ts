import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GoTemplateError } from "../src/index.js";
import { failureOf, render } from "./sample-data.js";
import { runsOf } from "../../../test/setup/whole.js";

describe("limits", () => {
  it.each([
    ["a template that calls itself", '{{define "x"}}{{template "x"}}{{end}}{{template "x"}}'],
    [
      "deep calls of deep blocks",
      `{{define "x"}}${"{{if 1}}".repeat(190)}{{template "x"}}${"{{end}}".repeat(190)}{{end}}{{template "x"}}`,
    ],
    ["loops in loops", "{{range 1000000000}}{{range 1000000000}}{{end}}{{end}}"],
    ["a string that doubles", '{{$x := "aaaa"}}{{range 100}}{{$x = print $x $x}}{{end}}'],
    ["escapes that grow", '{{$x := "<<<<"}}{{range 100}}{{$x = html $x $x}}{{end}}'],
    ["wide numbers", '{{printf "%1000000d%1000000d" 1 1}}'],
    ["many wide numbers", '{{range 1000}}{{$x := printf "%1000000d" 1}}{{end}}'],
    ["long output", "{{range 10000000}}aaaaaaaaaaaaaaaa{{end}}"],
    [
      "long comparisons",
      '{{$x := printf "%1000000d" 1}}{{range 1000000}}{{if eq $x $x}}{{end}}{{end}}',
    ],
    ["nested parentheses", `{{${"(".repeat(100_000)}1${")".repeat(100_000)}}}`],
    ["nested blocks", "{{if 1}}".repeat(100_000) + "{{end}}".repeat(100_000)],
    ["a long chain of else if", `{{if 0}}${"{{else if 0}}".repeat(100_000)}{{end}}`],
  ])("stop %s", (_title, template) => {
    expect(failureOf(template).code).toBe("too-large");
  });

  it.each([
    ["200 blocks", "{{if 1}}".repeat(200) + "x" + "{{end}}".repeat(200), "x"],
    ["a megabyte of white space", " ".repeat(1_000_000) + "{{- 1}}", "1"],
    ["many comments", "{{- /* */ -}}".repeat(50_000), ""],
    ["a format of brackets only", `{{len (printf "${"%[".repeat(200_000)}")}}`, "200000"],
    ["a loop with output", "{{range 100000}}ab{{end}}", "ab".repeat(100_000)],
  ])("let pass %s", (_title, template, expected) => {
    expect(render(template) === expected).toBe(true);
  });
});

const TOKENS = [
  ..."{{ }} {{- -}} {{/* */}} if else end range with define template block break continue".split(
    " ",
  ),
  ...'nil true $ $x := = , . .Name .Items .Labels.a .Nope ( ) | 1 -2 1.5 "s" `r` "%d" "%[2]*s"'.split(
    " ",
  ),
  ..."print printf len index slice eq and or not lt html js urlquery call é \\ ' \"".split(" "),
  "\n",
  "$i, $e := ",
];

describe("any template", () => {
  it("renders to itself when it has no action", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        fc.pre(!text.includes("{{"));
        expect(render(text)).toBe(text);
      }),
    );
  });

  it("ends with text or a GoTemplateError", () => {
    const token = fc.tuple(fc.constantFrom(...TOKENS), fc.constantFrom("", " "));
    fc.assert(
      fc.property(fc.array(token, { maxLength: 25 }), (tokens) => {
        expectTextOrError(tokens.map((parts) => parts.join("")).join(""));
      }),
      { numRuns: runsOf(2000) },
    );
  });

  it("ends with text or a GoTemplateError when its actions are well-formed", () => {
    const value = fc.constantFrom(
      ..."1 -1 1.5 'a' \"é\" nil . .Name .Items .Labels.zz $x".split(" "),
    );
    const name = fc.constantFrom(
      ..."print printf len index slice eq ne lt le and or not html js urlquery println".split(" "),
    );
    const call = fc
      .tuple(name, fc.array(value, { maxLength: 3 }))
      .map(([head, rest]) => [head, ...rest].join(" "));
    const action = fc.oneof(value, call).map((text) => `{{${text}}}`);
    fc.assert(
      fc.property(
        fc.constantFrom("if", "with", "range"),
        call,
        fc.array(action, { maxLength: 4 }),
        (kind, head, body) => {
          expectTextOrError(`{{$x := "%v"}}{{${kind} ${head}}}${body.join(" ")}{{end}}`);
        },
      ),
      { numRuns: runsOf(1000) },
    );
  });
});

function expectTextOrError(template: string): void {
  const offset = offsetOf(template);
  expect(offset).toBeGreaterThanOrEqual(0);
  expect(offset).toBeLessThanOrEqual(template.length);
}

/** The offset of the error, 0 without one. Anything but a GoTemplateError is thrown on. */
function offsetOf(template: string): number {
  try {
    render(template);
    return 0;
  } catch (error) {
    if (error instanceof GoTemplateError) return error.offset ?? 0;
    throw error;
  }
}
