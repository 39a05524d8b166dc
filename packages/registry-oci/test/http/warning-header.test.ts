import { expect, it } from "vitest";
import { parseWarnings } from "../../src/http/warning-header.js";

it.each([
  ['299 - "your token ends soon"', ["your token ends soon"]],
  ['299 - "one, two", 299 - "three"', ["one, two", "three"]],
  ['299 registry.example.com "a \\"quoted\\" word"', ['a "quoted" word']],
  ['199 - "another code", 299 - "ours"', ["ours"]],
  ['299 - "two\u0007 \u202Elines"', ["two lines"]],
  ['299 - ""', []],
  ["299 - no quotes", []],
  [`299 - "${"x".repeat(5000)}"`, []],
  ["", []],
  [undefined, []],
])("parseWarnings reads %j", (header, expected) => {
  expect(parseWarnings(header)).toEqual(expected);
});
