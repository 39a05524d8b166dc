import fc from "fast-check";
import { load } from "js-yaml";
import { expect, it } from "vitest";

import { readArgoCdSource, renderArgoCdSource } from "../../src/overrides/argocd-source.js";
import type { ArgoCdSourceChanges } from "../../src/ports/edits.js";
import { runsOf } from "../../../../test/setup/whole.js";

const values = fc.oneof(
  fc.constantFrom("1.10", "true", "v1", "ghcr.io/org/app", "a: b", "# x", "'", "null", "12e4567"),
  fc.string({ unit: "binary", minLength: 1 }),
);

const named = fc.record({ name: fc.constantFrom("a", "image.tag", "z.z", "é"), value: values });

const changes: fc.Arbitrary<ArgoCdSourceChanges> = fc.oneof(
  fc.array(named, { minLength: 1 }).map((parameters) => ({ helm: { parameters } })),
  fc.array(named, { minLength: 1 }).map((env) => ({ plugin: { env } })),
  fc
    .array(fc.constantFrom("nginx:1", "nginx:2", "a=nginx:1", "quay.io/x/y:1", "quay.io/x/y"), {
      minLength: 1,
    })
    .map((images) => ({ kustomize: { images } })),
);

/** Lines of a list item; `@` stands for the indentation of what follows the dash. */
const items = fc.constantFrom(
  "- name: a\n@value: 1.0 # beside",
  "- value: |\n@  text\n\n@name: b",
  "# above\n- {name: c, value: d, forceString: true}",
  '- name: "image.tag"\n@# inside\n@value:',
);
const images = fc.constantFrom("- nginx:1 # one", "# above\n- quay.io/x/y:2", "- 'b=nginx:1'");

const lists = fc.record({
  step: fc.constantFrom("", "  "),
  items: fc.array(items, { minLength: 1 }),
  images: fc.array(images, { minLength: 1 }),
  kind: fc.constantFrom("items", "images", "flow", "null", "absent"),
});

const blocks = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom("helm", "kustomize", "plugin", "other"),
    before: fc.constantFrom("", "extra: [1, 2] # extra\n", "text: |+\n  # no comment\n\n"),
    after: fc.constantFrom("", "# last\nrest: {a: b}\n", "text2: >-\n  folded\n  text\n"),
    list: lists,
  }),
  { selector: ({ name }) => name },
);

const files = fc
  .record({
    head: fc.constantFrom("", "# head\n", "---\n", "# head\n\n--- # marker\n"),
    indent: fc.constantFrom("  ", "    "),
    blocks,
    tail: fc.constantFrom("", "\n# tail\n", "...\n"),
    lineBreak: fc.constantFrom("\n", "\r\n"),
  })
  .map(({ head, indent, blocks: parts, tail, lineBreak }) => {
    const body = parts.map((part) => `${part.name}:\n${indented(blockLines(part), indent)}`);
    return (head + body.join("") + tail).replaceAll("\n", lineBreak);
  });

type Block = typeof blocks extends fc.Arbitrary<(infer T)[]> ? T : never;

const LISTS: Readonly<Record<string, string>> = {
  helm: "parameters",
  kustomize: "images",
  plugin: "env",
};

function blockLines({ name, before, after, list }: Block): string {
  const key = LISTS[name] ?? "list";
  if (list.kind === "absent") return `${before}z: 1\n${after}`;
  if (list.kind === "null") return `${before}${key}: # none\n${after}`;
  if (list.kind === "flow") return `${before}${key}: [] # flow\n${after}`;
  const lines = (name === "kustomize" ? list.images : list.items).join("\n").replaceAll("@", "  ");
  return `${before}${key}: # list\n${indented(`${lines}\n`, list.step)}${after}`;
}

function indented(text: string, by: string): string {
  return text.replaceAll(/^(?=.)/gm, by);
}

/** The comments, in no order: parameters are sorted. */
function commentsOf(text: string): readonly string[] {
  return [
    ...text.matchAll(/# (?:extra|last|head|marker|tail|above|beside|inside|list|none|flow|one)\b/g),
  ]
    .map(([comment]) => comment)
    .toSorted();
}

/** The document without the list that changes go into. */
function restOf(text: string, edit: ArgoCdSourceChanges): unknown {
  const [block = ""] = Object.keys(edit);
  const document: Record<string, unknown> = { ...objectOf(load(text.trim() === "" ? "{}" : text)) };
  const rest = { ...objectOf(document[block]), [LISTS[block] ?? ""]: "the list" };
  return { ...document, [block]: rest };
}

function objectOf(value: unknown): object {
  return typeof value === "object" && value !== null ? value : {};
}

it("rendering twice changes nothing", () => {
  fc.assert(
    fc.property(fc.option(files, { nil: undefined }), changes, (existing, edit) => {
      const once = renderArgoCdSource(existing, edit);
      expect(renderArgoCdSource(once, edit)).toBe(once);
    }),
  );
});

it("other values, comments and line breaks stay", () => {
  fc.assert(
    fc.property(files, changes, (existing, edit) => {
      fc.pre(existing.replaceAll(/^#.*|^---.*|^\.\.\./gm, "").trim() !== "");
      const rendered = renderArgoCdSource(existing, edit);
      expect(restOf(rendered, edit)).toEqual(restOf(existing, edit));
      expect(commentsOf(rendered)).toEqual(commentsOf(existing));
      expect(/(?<!\r)\n/.test(rendered)).toBe(/(?<!\r)\n/.test(existing));
    }),
    { numRuns: runsOf(500) },
  );
});

it("what was written is what is read, in every YAML reader", () => {
  fc.assert(
    fc.property(fc.uniqueArray(named, { selector: ({ name }) => name, minLength: 1 }), (env) => {
      const rendered = renderArgoCdSource(undefined, { plugin: { env } });
      expect(readArgoCdSource(rendered).pluginEnv).toEqual(env);
      expect(load(rendered)).toEqual({ plugin: { env } });
    }),
  );
});
