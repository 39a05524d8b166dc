import fc from "fast-check";
import { DUMP_SCHEMA, loadAll } from "js-yaml";
import { describe, expect, it } from "vitest";
import { EditError } from "../../src/errors/edit-error.js";
import { renderArgoCdSource } from "../../src/overrides/argocd-source.js";
import { getHelmValue, setHelmValues } from "../../src/overrides/helm-values.js";
import {
  readKustomizationImages,
  setKustomizationImages,
} from "../../src/overrides/kustomization.js";
import type { KustomizationImage } from "../../src/ports/edits.js";

const tag = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,20}$/),
  fc.stringMatching(/^[0-9]{1,3}(?:[._e][0-9]{1,3}){0,2}$/),
  fc.stringMatching(/^[a-z0-9]{1,8}@sha256:[0-9a-f]{8}$/),
  fc.constantFrom("1.20", "12e4567", "0x1F", "0o17", "1_000", "yes", "null", "2024-01-02", "y"),
);

/** A scalar as people write it. */
const written = fc.constantFrom(
  "v1",
  "'v1'",
  '"v1"',
  "1.19",
  "~",
  "",
  "&q v1",
  "!!str v1",
  "'it''s'",
);

const filler = fc.array(
  fc.constantFrom(
    "",
    "# comment: { not: yaml",
    "list: [a, 'b', \"c\"] # c",
    "flow: {a: 1, b: {c: d}}",
    "text: |-\n  # no comment\n\n  image:\n    tag: x",
    'quoted: "two\n  lines" # c',
    "deep:\n    deeper:\n    - x\n    -   y: 1\n        # c",
    "empty:",
  ),
  { maxLength: 5 },
);

/** Filler whose keys differ, so that no mapping has a key twice. */
function number(lines: readonly string[], prefix: string): readonly string[] {
  return lines.map((line, index) => line.replace(/^([a-z]+):/, `$1${prefix}${index}:`));
}

interface Case {
  readonly head: string;
  readonly value: string;
  readonly tail: string;
  readonly present: boolean;
}

const values: fc.Arbitrary<Case> = fc
  .record({
    before: filler,
    inside: fc.constantFrom("", "  name: x # n\n", "  # c\n\n"),
    key: fc.constantFrom("tag: ", "tag:   ", '"tag": ', "'tag': "),
    value: written,
    comment: fc.constantFrom("", " # keep", "   "),
    after: filler,
    end: fc.constantFrom("\n", "", "\n\n", "\n---\nother: document\n", "\n...\n"),
    lineBreak: fc.constantFrom("\n", "\r\n"),
    mark: fc.constantFrom("", "\uFEFF"),
  })
  .map(({ before, inside, key, value, comment, after, end, lineBreak, mark }) => {
    const [head = "", tail = ""] = [
      `${[...number(before, "x"), "image:"].join("\n")}\n${inside}  ${key}`,
      `${[comment, ...number(after, "z")].join("\n")}${end}`,
    ].map((part) => part.replaceAll("\n", lineBreak));
    return { head: mark + head, value, tail, present: true };
  });

function textOf({ head, value, tail }: Case): string {
  return head + value + tail;
}

describe("setHelmValues", () => {
  it("is read back, as a string by every reader", () => {
    fc.assert(
      fc.property(values, tag, (file, value) => {
        const edited = setHelmValues(textOf(file), [{ path: "image.tag", value }]);
        expect(getHelmValue(edited, "image.tag")).toBe(value);
        const [document] = loadAll(edited.replace(/^\uFEFF/, ""), { schema: DUMP_SCHEMA });
        expect(document).toMatchObject({ image: { tag: value } });
      }),
    );
  });

  it("keeps every byte around the value", () => {
    fc.assert(
      fc.property(values, tag, (file, value) => {
        const edited = setHelmValues(textOf(file), [{ path: "image.tag", value }]);
        expect(edited.startsWith(file.head.trimEnd())).toBe(true);
        expect(edited.endsWith(file.tail)).toBe(true);
        const between = edited.slice(file.head.trimEnd().length, edited.length - file.tail.length);
        expect(between.length).toBeLessThanOrEqual(value.length + 12);
      }),
    );
  });

  it("is idempotent", () => {
    fc.assert(
      fc.property(values, tag, tag, (file, value, other) => {
        const changes = [
          { path: "image.tag", value },
          { path: "image.created.here", value: other },
          { path: "new.branch", value: other },
        ];
        const once = setHelmValues(textOf(file), changes);
        expect(setHelmValues(once, changes)).toBe(once);
      }),
    );
  });

  it("only adds lines where a value is created", () => {
    fc.assert(
      fc.property(values, tag, (file, value) => {
        const text = textOf(file);
        const added = setHelmValues(text, [{ path: "image.created.here", value }]).split(/\r?\n/);
        const rest = text.split(/\r?\n/);
        expect(added).toHaveLength(rest.length + 2);
        const start = added.findIndex((line, index) => line !== rest[index]);
        expect(added.toSpliced(start, 2)).toEqual(rest);
      }),
    );
  });

  it("makes changes together as it makes them one after the other", () => {
    fc.assert(
      fc.property(
        mixed,
        fc.array(fc.record({ path: mixedPath, value: tag }), { maxLength: 6 }),
        (text, changes) => {
          const alone = outcome(() =>
            changes.reduce((now, change) => setHelmValues(now, [change]), text),
          );
          expect(outcome(() => setHelmValues(text, changes))).toEqual(alone);
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** Parts of a values file that refer to each other, with nulls, merged mappings and keys that stand twice. */
const parts = [
  "image:\n  name: n # c\n  tag: &t v1",
  "alias: *t",
  "below: &m\n  tag: v1\n  # c",
  "other: *m",
  "merged:\n  <<: *m\n  own: 1",
  "empty:",
  "nothing: ~ # c",
  "named: &n ~",
  "refers: *n",
  "flow: {tag: v1, inner: {}, none: }",
  "block:\n  tag: |-\n    v1\n\n  next: 1",
  "list:\n- tag: v1\n- *t\n-",
  "twice: 1\ntwice: 2",
  "image.tag: literal",
  "open:\n  tag: |+\n    v1\n\n",
];

const mixed = fc
  .record({
    parts: fc.subarray(parts),
    head: fc.constantFrom("", "# c\n", "---\n", "~\n"),
    end: fc.constantFrom("\n", "", "\n# end\n", "\n---\nlater: {tag: v1}\n"),
  })
  .map((file) => file.head + file.parts.join("\n") + file.end);

const mixedPath = fc
  .record({
    root: fc.constantFrom(
      ...parts.map((part) => part.split(":", 1).join("")),
      "list[0]",
      "list[1]",
      "list[2]",
      "new",
      "later",
    ),
    rest: fc.constantFrom("", ".tag", ".tag", ".name", ".inner.a", ".inner.b", ".none", ".inner"),
  })
  .map(({ root, rest }) => root + rest);

function outcome(act: () => string): unknown {
  try {
    return act();
  } catch (error) {
    if (!EditError.is(error)) throw error;
    return { error: error.code, path: error.context.path };
  }
}

const image: fc.Arbitrary<KustomizationImage> = fc.record(
  {
    name: fc.constantFrom("nginx", "ghcr.io/org/app", "docker.io/library/nginx", "foo"),
    newName: fc.constantFrom("mirror.example/nginx", "bar"),
    newTag: fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,20}$/),
    digest: fc.stringMatching(/^sha256:[0-9a-f]{8}$/),
  },
  { requiredKeys: ["name"] },
);

const kustomizations = fc
  .record({
    before: filler,
    list: fc.constantFrom(
      "images:\n- name: foo\n  newTag: v1 # c\n- name: nginx\n  digest: sha256:aa\n  tagSuffix: -x",
      "images:\n  - newTag: '1.0'\n    name: foo\n\n  # next\n  - name: docker.io/nginx\n    newName: x",
      "images: [{name: foo, newTag: v1}, {digest: 'sha256:aa', name: nginx}]",
      "images: []",
      "images:",
      "images: # none",
      "other: 1",
    ),
    after: filler,
    end: fc.constantFrom("\n", "", "\n\n"),
    lineBreak: fc.constantFrom("\n", "\r\n"),
  })
  .map(({ before, list, after, end, lineBreak }) =>
    ([...number(before, "x"), list, ...number(after, "z")].join("\n") + end).replaceAll(
      "\n",
      lineBreak,
    ),
  );

describe("setKustomizationImages", () => {
  it("writes exactly what the image says, and is idempotent", () => {
    fc.assert(
      fc.property(kustomizations, image, (text, wanted) => {
        const edited = setKustomizationImages(text, [wanted]);
        const found = readKustomizationImages(edited).filter(
          ({ name }) => name === wanted.name || (/nginx/.test(name) && /nginx/.test(wanted.name)),
        );
        expect(found).toContainEqual({ ...wanted, name: expect.any(String) });
        expect(setKustomizationImages(edited, [wanted])).toBe(edited);
      }),
    );
  });

  it("sets images together as it sets them one after the other", () => {
    const several = fc.uniqueArray(image, { selector: ({ name }) => name, maxLength: 4 });
    fc.assert(
      fc.property(kustomizations, several, (text, images) => {
        const alone = outcome(() =>
          images.reduce((now, one) => setKustomizationImages(now, [one]), text),
        );
        expect(outcome(() => setKustomizationImages(text, images))).toEqual(alone);
      }),
    );
  });

  it("keeps all lines that are not of the image", () => {
    fc.assert(
      fc.property(kustomizations, image, (text, wanted) => {
        const edited = setKustomizationImages(text, [wanted]).split(/\r?\n/);
        for (const line of text.split(/\r?\n/)) {
          if (/^(?:images|  ?-|- | {2,4}(?:newName|newTag|digest|name):)/.test(line)) continue;
          expect(edited).toContain(line);
        }
      }),
    );
  });
});

describe("a file of 20,000 entries", () => {
  const numbers = Array.from({ length: 20_000 }, (_, index) => index);
  const chosen = numbers.filter((index) => index % 400 === 7);

  function changedLines(before: string, after: string): number {
    const lines = before.split("\n");
    return after.split("\n").filter((line, index) => line !== lines[index]).length;
  }

  it("has 50 values set", () => {
    const text = numbers.map(
      (index) => `a${index}: &a${index}\n  tag: v1\nb${index}: *a${index}\n`,
    );
    const changes = chosen.map((index) => ({ path: `b${index}.tag`, value: "v2" }));
    const edited = setHelmValues(text.join(""), changes);
    expect(changedLines(text.join(""), edited)).toBe(50);
    expect(getHelmValue(edited, "a407.tag")).toBe("v2");
  });

  it("has 50 parameters of an override file set", () => {
    const items = numbers.map(
      (index) => `  # ${index}\n  - name: a${String(index).padStart(5, "0")}\n    value: v1 # c\n`,
    );
    const text = `helm:\n  parameters:\n${items.join("")}`;
    const parameters = chosen.map((index) => ({
      name: `a${String(index).padStart(5, "0")}`,
      value: "v2",
      forceString: true,
    }));
    const edited = renderArgoCdSource(text, { helm: { parameters } });
    expect(edited.split("value: v2 # c")).toHaveLength(51);
    expect(edited.split("value: v1 # c")).toHaveLength(20_000 - 50 + 1);
  });

  it("has 50 images set", () => {
    const items = numbers.map((index) => `- name: a${index}\n  newTag: v1\n`);
    const text = `images:\n${items.join("")}`;
    const edited = setKustomizationImages(
      text,
      chosen.map((index) => ({ name: `a${index}`, newTag: "v2" })),
    );
    expect(changedLines(text, edited)).toBe(50);
    expect(edited.split("v2")).toHaveLength(51);
  });
});
