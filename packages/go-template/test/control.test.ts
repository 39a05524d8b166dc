import { describe, expect, it } from "vitest";
import { failureOf, render } from "./sample-data.js";

describe("if, with and range", () => {
  it.each([
    ["{{if 1}}a{{end}}{{if 0}}b{{end}}", "a"],
    ["{{if 0}}a{{else if 0}}b{{else if 1}}c{{else}}d{{end}}", "c"],
    ['{{if .Empty}}a{{else if ""}}b{{else if 0.0}}c{{else if .Labels.zz}}d{{else}}e{{end}}', "e"],
    ["{{if .Plain}}struct{{end}}{{if .Labels}}map{{end}}", "structmap"],
    ["{{with .Plain}}{{.A}}{{end}}{{with .Empty}}a{{else}}{{.Count}}{{end}}", "a3"],
    ["{{with 0}}a{{else with 2}}{{.}}{{else}}b{{end}}", "2"],
    ["{{range .Items}}{{.Tag}},{{else}}none{{end}}", "1.0,2.1,"],
    ["{{range .Empty}}x{{else}}none{{end}}", "none"],
    ["{{range $i, $e := .Items}}{{if $i}}, {{end}}{{$i}}={{$e.Tag}}{{end}}", "0=1.0, 1=2.1"],
    ["{{range $e := .Items}}{{$e.Tag}};{{end}}", "1.0;2.1;"],
    ["{{range $k, $v := (index .Items 0).Labels}}{{$k}}={{$v}};{{end}}", 'a=q";b=x y;org.x/é=ü;'],
    ["{{range (index .Items 1).Labels}}x{{else}}none{{end}}", "none"],
    ["{{range .Labels.zz}}x{{else}}none{{end}}", "none"],
    ["{{range 3}}{{.}}{{end}}{{range $i := .Count}}{{$i}}{{end}}", "012012"],
    ["{{range 0}}x{{else}}none{{end}}{{range -1}}x{{end}}", "none"],
    ["{{range 5}}{{if eq . 3}}{{break}}{{end}}{{if eq . 1}}{{continue}}{{end}}{{.}}{{end}}", "02"],
    ["{{range 2}}{{range 3}}{{with 1}}{{break}}{{end}}{{end}}a{{end}}", "aa"],
    ["{{range 2}}{{range 0}}{{else}}{{break}}{{end}}a{{end}}", "aa"],
    ["{{range 2}}{{range 0}}{{else}}{{continue}}{{end}}a{{end}}", ""],
    ["{{if 0}}{{.Nope}}{{call 1}}{{end}}ok", "ok"],
  ])("renders %s as %s", (template, expected) => {
    expect(render(template)).toBe(expected);
  });

  it.each([
    ["{{range .Name}}{{end}}", "execute"],
    ["{{range true}}{{end}}", "execute"],
    ["{{range 1.5}}{{end}}", "execute"],
    ["{{range $i, $e := 3}}{{end}}", "execute"],
    ["{{range nil}}{{end}}", "execute"],
  ])("fails on %s", (template, code) => {
    expect(failureOf(template).code).toBe(code);
  });
});

describe("variables", () => {
  it.each([
    ["{{$x := 1}}{{$x}}{{$x := 2}}{{$x}}", "12"],
    ["{{$x := 1}}{{if 1}}{{$x = 2}}{{end}}{{$x}}", "2"],
    ["{{$x := 1}}{{if 1}}{{$x := 2}}{{$x}}{{end}}{{$x}}", "21"],
    ["{{$x := 1}}{{range 3}}{{$x = .}}{{end}}{{$x}}", "2"],
    ["{{with $x := 5}}{{$x}}{{end}}{{if $x := 0}}{{else}}{{$x}}{{end}}", "50"],
    ["{{with $x := .Plain}}{{$x.A}}{{$.Count}}{{end}}", "a3"],
    ["{{range .Items}}{{$.Count}}{{end}}", "33"],
    ["{{$x := 0}}{{range $x = .Items}}{{end}}{{$x.Tag}}", "2.1"],
    ["{{$i := 0}}{{$e := 0}}{{range $i, $e = .Items}}{{end}}{{$i}}{{$e.Tag}}", "12.1"],
    ["{{range $x, $x := .Items}}{{$x.Tag}};{{end}}", "1.0;2.1;"],
    ["{{print ($y := 1) $y}}", "1 1"],
    ["{{$ := 7}}{{$}}", "7"],
  ])("renders %s as %s", (template, expected) => {
    expect(render(template)).toBe(expected);
  });

  it("has no value before it is declared", () => {
    const { code, offset } = failureOf("{{$x := $x}}");
    expect({ code, offset }).toEqual({ code: "execute", offset: 8 });
  });

  it("ends with the block it is declared in", () => {
    expect(failureOf("{{if 1}}{{$x := 1}}{{end}}{{$x}}").code).toBe("parse");
  });
});

describe("define, template and block", () => {
  it.each([
    ['{{define "x"}}<{{.}}{{$}}>{{end}}{{template "x" 1}}', "<11>"],
    ['{{define "x"}}<{{.}}>{{end}}{{template "x"}}', "<<no value>>"],
    ["{{template `x` .Plain}}{{define `x`}}{{.A}}{{end}}", "a"],
    ['{{block "b" 1}}<{{.}}>{{end}}{{template "b" 2}}', "<1><2>"],
    ['{{define "x"}} {{end}}{{define "x"}}A{{end}}{{template "x"}}', "A"],
    ['{{template "x" $z := 1}}{{$z}}{{define "x"}}{{.}}{{end}}', "11"],
    ['{{define "x"}}{{if gt . 0}}{{.}}{{template "x" 0}}{{end}}{{end}}{{template "x" 2}}', "2"],
  ])("renders %s as %s", (template, expected) => {
    expect(render(template)).toBe(expected);
  });

  it("fails on a template that is not defined only when it is called", () => {
    expect(render('{{if 0}}{{template "x"}}{{end}}ok')).toBe("ok");
    expect(failureOf('{{template "x"}}').code).toBe("execute");
  });
});
