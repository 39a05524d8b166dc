import { describe, expect, it } from "vitest";
import { failureOf, render } from "./sample-data.js";

describe("fields and pipelines", () => {
  it.each([
    [".Plain.A", "a"],
    ["$.Plain.A", "a"],
    ["(index .Items 0).Tag", "1.0"],
    ["(index .Items 0).Labels.a", 'q"'],
    [".Labels.zz", "<no value>"],
    [".Labels.zz.deeper", "<no value>"],
    ["print .Labels.zz", "<nil>"],
    ["html .Labels.zz", "&lt;no value&gt;"],
    ['or .Labels.zz "none"', "none"],
    ['index .Labels "zz" | printf "%q"', '""'],
    [".Plain", "{a 2}"],
    [".Items", '[{1.0 map[a:q" b:x y org.x/é:ü]} {2.1 map[]}]'],
    [".Empty", "[]"],
    ['"a" | printf "%s%s" "b"', "ba"],
    ['"%d" | printf', "%!d(MISSING)"],
    ["1 | print | len", "1"],
    ["1 |", "1"],
    ["((1))", "1"],
  ])("evaluates %s", (action, expected) => {
    expect(render(`{{${action}}}`)).toBe(expected);
  });

  it.each([
    [".Nope", 2],
    [".Plain.Nope", 2],
    [".Name.X", 2],
    [".Labels.a.b", 2],
    [".Name 1", 2],
    ["1 | .Name", 6],
    ["(print 1) 2", 2],
    ["nil", 2],
    ["print .Nope", 8],
  ])("fails on %s at offset %i", (action, offset) => {
    const error = failureOf(`{{${action}}}`);
    expect({ code: error.code, offset: error.offset }).toEqual({ code: "execute", offset });
  });

  it("names the fields there are", () => {
    expect(failureOf("{{.Plain.C}}").message).toBe('there is no field ".C" here, only .A, .B');
  });
});

describe("predefined functions", () => {
  it.each([
    ['and 1 0 "x"', "0"],
    ["and 1 2", "2"],
    ['or 0 "" "x" .Nope', "x"],
    ['or 0 ""', ""],
    ['"x" | or 0', "x"],
    ["not 0", "true"],
    ["eq 1 2 3 1", "true"],
    ['eq "a" "b"', "false"],
    ['eq (index "abc" 0) 97', "true"],
    ["eq .Labels.zz nil", "true"],
    ['eq .Labels.zz ""', "false"],
    ["eq (index .Items 1).Labels nil", "true"],
    ["eq .Labels nil", "false"],
    ["eq .Plain .Plain", "true"],
    ["ne 1 2", "true"],
    ['lt "a" "b"', "true"],
    [String.raw`lt "\uffff" "\U0001f600"`, "true"],
    ["lt 1 1", "false"],
    ["le 1.5 1.5", "true"],
    ["gt 2 1", "true"],
    ['ge "b" "c"', "false"],
    ['index "abc" 1', "98"],
    ["index .Items", '[{1.0 map[a:q" b:x y org.x/é:ü]} {2.1 map[]}]'],
    ['index .Items 0 | printf "%.3v"', '{1.0 map[a:q" b:x y org:ü]}'],
    ['slice "abc" 1 2', "b"],
    ['slice "abc" 1', "bc"],
    ['slice "föo" 0 3', "fö"],
    ["len (slice .Items 1)", "1"],
    ['len "föo"', "4"],
    ["len .Items", "2"],
    ["len .Labels", "2"],
    ['print 1 2 "a" 3 4 nil nil true', "1 2a3 4 <nil> <nil> true"],
    ["print", ""],
    ['println 1 "a" "b"', "1 a b\n"],
    [String.raw`html "<a href='x'>&\"\x00"`, "&lt;a href=&#39;x&#39;&gt;&amp;&#34;\uFFFD"],
    [
      String.raw`js "<a b='x'>&\"\\\n\u200b é"`,
      String.raw`\u003Ca b\u003D\'x\'\u003E\u0026\"\\\u000A\u200B é`,
    ],
    ['urlquery "a b&c/é~.-_+"', "a+b%26c%2F%C3%A9~.-_%2B"],
    ['urlquery 1 2 "a"', "1+2a"],
  ])("%s gives %s", (action, expected) => {
    expect(render(`{{${action}}}`)).toBe(expected);
  });

  it.each([
    "and",
    "not 1 2",
    "eq 1",
    "eq 1 1.0",
    'eq "a" 1',
    "eq .Items .Items",
    "eq (index .Items 0) (index .Items 0)",
    "lt true false",
    "lt nil 1",
    'lt 1 "a"',
    "lt 1 1.5",
    'index "abc" 3',
    "index .Items 2",
    "index .Items -1",
    'index .Items "a"',
    "index .Labels 1",
    "index nil 1",
    'slice "abc" 2 1',
    'slice "abc" 0 1 2',
    "slice .Count 1",
    'slice "föo" 0 2',
    "len 3",
    "len nil",
    "printf",
    "printf 1",
    "call .Name",
  ])("%s fails", (action) => {
    expect(failureOf(`{{${action}}}`).code).toBe("execute");
  });
});
