import fc from "fast-check";
import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import { EditError } from "../../src/errors/edit-error.js";
import { parseYamlDocuments, type YamlNode } from "../../src/overrides/yaml-tree.js";

function nodesOf(node: YamlNode): readonly YamlNode[] {
  if (node.kind === "sequence") return [node, ...node.items.flatMap(nodesOf)];
  if (node.kind !== "mapping") return [node];
  return [node, ...node.entries.flatMap(({ key, value }) => [...nodesOf(key), ...nodesOf(value)])];
}

function slices(text: string): readonly string[] {
  return parseYamlDocuments(text)
    .flatMap(({ root }) => nodesOf(root))
    .map(({ start, end }) => text.slice(start, end));
}

describe("parseYamlDocuments", () => {
  it.each<[string, readonly string[]]>([
    ["a: 1 # c\n", ["a: 1", "a", "1"]],
    [`"a": 'it''s'\n`, [`"a": 'it''s'`, '"a"', "'it''s'"]],
    ["a: &x !!str v # c\nb: *x\n", ["a: &x !!str v # c\nb: *x", "a", "v", "b", "*x"]],
    ["{a: [1, ], b }\n", ["{a: [1, ], b }", "a", "[1, ]", "1", "b", ""]],
    [
      "a: {b: 1, # }\n  c: }\n",
      ["a: {b: 1, # }\n  c: }", "a", "{b: 1, # }\n  c: }", "b", "1", "c", ""],
    ],
    ["- x\n# c\n-\n- - y\n", ["- x\n# c\n-\n- - y", "x", "", "- y", "y"]],
    ["a: x\n  y\nb: 1\n", ["a: x\n  y\nb: 1", "a", "x\n  y", "b", "1"]],
    ["a: |\n  x\n\nb: 1\n", ["a: |\n  x\n\nb: 1", "a", "  x\n\n", "b", "1"]],
    ["[a: b, {c: d}]\n", ["[a: b, {c: d}]", "a: b", "a", "b", "{c: d}", "c", "d"]],
    ["%YAML 1.2\n---\na: 1\n...\n---\n- 2\n", ["a: 1", "a", "1", "- 2", "2"]],
  ])("knows the place of every node in %j", (text, expected) => {
    expect(slices(text)).toEqual(expected);
  });

  it.each([
    ["a:\n", 2],
    ["a: # c\nb: 1\n", 2],
    ["a: &x\nb: 1\n", 5],
    ["{a: , b: 1}\n", 3],
  ])("puts the absent value of %j where one would be written", (text, place) => {
    const [document] = parseYamlDocuments(text);
    const value = document?.root.kind === "mapping" ? document.root.entries[0]?.value : undefined;
    expect([value?.start, value?.end]).toEqual([place, place]);
  });

  it("reads flow lines that are indented no deeper than their key, as go-yaml does", () => {
    const text = 'a: [\n"x", # c ]\n]\nb:\n  c: {d: "y\nz"\n}\ne: 1\n';
    expect(slices(text)).toEqual([
      text.trimEnd(),
      "a",
      '[\n"x", # c ]\n]',
      '"x"',
      "b",
      'c: {d: "y\nz"\n}',
      "c",
      '{d: "y\nz"\n}',
      "d",
      '"y\nz"',
      "e",
      "1",
    ]);
  });

  it("answers no document for a text without content", () => {
    expect(parseYamlDocuments("# c\n")).toEqual([]);
  });

  it("names the line of what does not parse, and none of its text", () => {
    const parse = (): unknown => parseYamlDocuments("a: 1\nsecret: [x\nb: 2\n");
    expect(parse).toThrow(EditError);
    expect(parse).toThrow(/^line \d is not valid YAML/);
    expect(parse).not.toThrow(/secret/);
  });

  it.each([
    ["deep nesting", "[".repeat(500)],
    ["a long text", `a: ${"x".repeat(5_000_000)}`],
    ["many lines to pad", `a: [\n${"x,\n".repeat(9000)}]\n`],
  ])("refuses %s", (_, text) => {
    expect(() => parseYamlDocuments(text)).toThrow(EditError);
  });

  it("gives every scalar a range that holds its value", () => {
    const scalar = fc.constantFrom("x", "1.0", "'it''s'", '"a\\nb"', "~", "a b", "&q v", "!!str 1");
    const value = fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 3 },
        scalar,
        fc.array(tie("node"), { maxLength: 3 }).map((items) => `[${items.join(" , ")}]`),
        fc
          .array(tie("node"), { maxLength: 3 })
          .map((items) => `{ ${items.map((item, index) => `k${index}: ${item}`).join(",\n  ")} }`),
      ),
    })).node;
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), (values) => {
        const text = values.map((item, index) => `key${index}: ${item} # c\n`).join("");
        const [document] = parseYamlDocuments(text);
        for (const node of document === undefined ? [] : nodesOf(document.root)) {
          if (node.kind !== "scalar") continue;
          const written = text.slice(node.start, node.end);
          expect(node.style === "plain" ? written : load(written)).toBe(node.value);
        }
      }),
    );
  });
});
