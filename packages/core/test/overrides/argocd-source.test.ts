import { describe, expect, it } from "vitest";

import { readArgoCdSource, renderArgoCdSource } from "../../src/overrides/argocd-source.js";
import type {
  ArgoCdSourceChanges,
  EnvironmentVariable,
  HelmParameter,
} from "../../src/ports/edits.js";
import { vectors } from "./vectors.js";

/** What upstream loses or gets wrong, and what is written instead. */
const DEVIATIONS: ReadonlyMap<string, string> = new Map([
  [
    "override-helm-003",
    "helm:\n  parameters:\n  - name: image.tag\n    value: v1\n    forcestring: true\n  - name: other\n    value: x\n    forcestring: true\n",
  ],
  [
    "override-helm-004",
    "# c\nhelm:\n  valueFiles:\n  - a.yaml\n  parameters:\n  - name: image.tag\n    value: v1\n    forcestring: true\nkustomize:\n  images: []\n",
  ],
  [
    "override-kustomize-003",
    "kustomize:\n  images:\n  - docker.io/library/nginx:1.0.0\n  - nginx:1.0.1\n",
  ],
  ["override-kustomize-005", "kustomize:\n  images:\n  - a=quay.io/x/y:1\n  - b=quay.io/x/y:2\n"],
  ["override-kustomize-007", "kustomize:\n  namePrefix: foo\n  images:\n  - nginx:1.1\n"],
]);

describe("the vectors of the override file", () => {
  it.each(["override-helm", "override-kustomize", "override-plugin"].flatMap(vectors))(
    "$id",
    ({ id, input, expected, note = "" }) => {
      const { existing, ...values } = input as VectorInput;
      const deviation = DEVIATIONS.get(id);
      expect(deviation !== undefined || !note.startsWith("UPSTREAM")).toBe(true);
      const { content } = expected as { readonly content: string };
      expect(renderArgoCdSource(existing, changesOf(values))).toBe(deviation ?? content);
    },
  );
});

const TAG: ArgoCdSourceChanges = {
  helm: { parameters: [{ name: "image.tag", value: "v2", forceString: true }] },
};
const TAG_LINES = "- name: image.tag\n    value: v2\n    forcestring: true\n";
const NEW = `helm:\n  parameters:\n  ${TAG_LINES}`;

describe("a file that is written anew", () => {
  it.each([
    ["that is not there", undefined],
    ["that is empty", ""],
    ["that is blank", " \n\n"],
    ["that is not YAML", "a: [\n"],
    ["that is a text", "random content"],
    ["that is a list", "- a\n"],
    ["whose block is a text", "helm: x\nother: y\n"],
    ["whose list is a text", "helm:\n  parameters: x\n"],
    ["whose item is a text", "helm:\n  parameters:\n  - x\n"],
    ["with a key twice", "helm: {}\nhelm: {}\n"],
    ["with an alias to nowhere", "helm:\n  parameters: *x\n"],
    ["with an empty block", "helm:\n"],
    ["with an empty list", "helm:\n    parameters: []\n"],
    ["with a list that is null", "helm: {parameters: ~}\n"],
    ["in flow style", '{"helm": {"parameters": [{"name": "image.tag", "value": "v1"}]}}\n'],
    [
      "with wide indentation",
      "helm:\n    parameters:\n\n        - value: v1\n          name: image.tag\n",
    ],
  ])("%s", (_title, existing) => {
    expect(renderArgoCdSource(existing, TAG)).toBe(NEW);
  });

  it.each(["---\n", "# c\n\n---\n", "%YAML 1.2\n# c\n--- # header\n"])(
    "keeps the head %j",
    (head) => {
      expect(renderArgoCdSource(`${head}helm:\n  parameters: []\n`, TAG)).toBe(head + NEW);
      expect(renderArgoCdSource(head, TAG)).toBe(head + NEW);
    },
  );

  it("moves what stands beside the marker below it", () => {
    expect(renderArgoCdSource("--- {helm: {}}\n", TAG)).toBe(`---\n${NEW}`);
  });

  it("keeps the line breaks of the file", () => {
    const existing = "---\r\nhelm:\r\n  parameters: []\r\n";
    expect(renderArgoCdSource(existing, TAG)).toBe(`---\r\n${NEW.replaceAll("\n", "\r\n")}`);
  });

  it("reads what Argo CD reads: numbers, booleans and null as their text", () => {
    const existing =
      "helm:\n  parameters:\n  - name: a\n    value: 1.10\n  - name: b\n    value: true\n    forceString: true\n  - name: c\n    value:\n";
    expect(renderArgoCdSource(existing, TAG)).toBe(
      'helm:\n  parameters:\n  - name: a\n    value: "1.10"\n    forcestring: false\n  - name: b\n    value: "true"\n    forcestring: true\n  - name: c\n    value: ""\n    forcestring: false\n' +
        `  ${TAG_LINES}`,
    );
  });
});

describe("no change", () => {
  it.each<ArgoCdSourceChanges>([
    { helm: { parameters: [] } },
    { kustomize: { images: [] } },
    { plugin: { env: [] } },
  ])("gives the empty text: %j", (changes) => {
    expect(renderArgoCdSource("helm: {}\n", changes)).toBe("");
  });

  it("never writes an empty value", () => {
    const changes = { helm: { parameters: [{ name: "image.tag", value: "" }] } };
    expect(renderArgoCdSource(NEW, changes)).toBe(NEW);
    expect(renderArgoCdSource("# c\n", changes)).toBe("# c\n");
  });
});

describe("what is to be kept", () => {
  it("never replaces a parameter or variable of the file", () => {
    const parameters = [
      { name: "a", value: "spec" },
      { name: "b", value: "spec" },
    ];
    const lines = "  - name: a\n    value: file\n    forcestring: false\n";
    const existing = `helm:\n  parameters:\n${lines}`;
    expect(renderArgoCdSource(existing, { helm: { parameters, keepExisting: ["a", "b"] } })).toBe(
      `${existing}  - name: b\n    value: spec\n    forcestring: false\n`,
    );
    const env = "plugin:\n  env:\n  - name: a\n    value: file\n";
    expect(renderArgoCdSource(env, { plugin: { env: parameters, keepExisting: ["a"] } })).toBe(
      `${env}  - name: b\n    value: spec\n`,
    );
  });

  it("never replaces an image of the file; another spelling is another image", () => {
    const existing = "kustomize:\n  images:\n  - nginx:1\n";
    const images = ["nginx:2", "docker.io/library/nginx:2", "a=nginx:2"];
    expect(renderArgoCdSource(existing, { kustomize: { images, keepExisting: images } })).toBe(
      `${existing}  - docker.io/library/nginx:2\n  - a=nginx:2\n`,
    );
  });
});

describe("a file that holds more", () => {
  it.each([
    ["comments alone", "# c\n", `# c\n${NEW}`],
    ["comments below the marker", "---\n# c", `---\n# c\n${NEW}`],
    [
      "another block",
      "kustomize:\n  images: []\n\n# end\n",
      `kustomize:\n  images: []\n${NEW}\n# end\n`,
    ],
    [
      "another block, indented",
      "  plugin:\n    env: []\n",
      `  plugin:\n    env: []\n  helm:\n    parameters:\n    - name: image.tag\n      value: v2\n      forcestring: true\n`,
    ],
    ["a block that is null", "# c\nhelm: ~ # h\n", `# c\nhelm: # h\n  parameters:\n  ${TAG_LINES}`],
    ["a block that is empty", "# c\nhelm: {}\nz: 1\n", `# c\n${NEW}z: 1\n`],
    [
      "no list yet",
      "helm: # h\n    # files\n    valueFiles: [a]\n",
      `helm: # h\n    parameters:\n    - name: image.tag\n      value: v2\n      forcestring: true\n    # files\n    valueFiles: [a]\n`,
    ],
    [
      "a block scalar behind the list",
      "helm:\n  parameters:\n  - name: image.tag\n    value: v1\n  values: |\n    # no comment\n\n    a: b\n",
      `helm:\n  parameters:\n  ${TAG_LINES}  values: |\n    # no comment\n\n    a: b\n`,
    ],
    [
      "a block scalar before the list",
      "helm:\n  values: |+\n    a: b\n\n  parameters:\n  - name: image.tag\n    value: |\n      v1\n\nz: 1\n",
      `helm:\n  values: |+\n    a: b\n\n  parameters:\n  ${TAG_LINES}\nz: 1\n`,
    ],
    [
      "comments at every place of the list",
      "helm:\n  parameters: # p\n  # above\n  - name: image.tag # n\n    # inside\n    value: v1 # v\n  # below\n",
      "helm:\n  parameters: # p\n  # above\n  # inside\n  - name: image.tag # n\n    value: v2 # v\n    forcestring: true\n  # below\n",
    ],
    [
      "a flow list behind other keys",
      "helm:\n  valueFiles: [a]\n  parameters: [] # p\n",
      `helm:\n  valueFiles: [a]\n  parameters: # p\n  ${TAG_LINES}`,
    ],
    [
      "a flow block",
      "helm: {valueFiles: [a], parameters: []}\n",
      "helm: {valueFiles: [a], parameters: [{name: image.tag, value: v2, forcestring: true}]}\n",
    ],
    [
      "JSON",
      '{"helm": {"valueFiles": ["a"]}, "z": 1}\n',
      '{"helm": {"valueFiles": ["a"], "parameters": [{"name": "image.tag", "value": "v2", "forcestring": true}]}, "z": 1}\n',
    ],
    [
      "JSON without the block",
      '{"z": 1}\n',
      '{"z": 1, "helm": {"parameters": [{"name": "image.tag", "value": "v2", "forcestring": true}]}}\n',
    ],
    [
      "JSON with a block that is null",
      '{"helm": null, "z": 1}\n',
      '{"helm": {"parameters": [{"name": "image.tag", "value": "v2", "forcestring": true}]}, "z": 1}\n',
    ],
    [
      "CRLF",
      "# c\r\nhelm:\r\n  parameters:\r\n  - name: image.tag\r\n    value: v1\r\n",
      `# c\r\n${NEW.replaceAll("\n", "\r\n")}`,
    ],
    [
      "anchors elsewhere, and an alias for the list",
      "z: &z []\nhelm:\n  parameters: *z\n",
      `z: &z []\n${NEW}`,
    ],
    ["no line break at the end", "z: 1", `z: 1\n${NEW.trimEnd()}`],
  ])("%s", (_title, existing, expected) => {
    expect(renderArgoCdSource(existing, TAG)).toBe(expected);
    expect(renderArgoCdSource(expected, TAG)).toBe(expected);
  });

  it("keeps comments with the items they belong to", () => {
    const existing = "# c\nkustomize:\n  images:\n  # first\n  - a:1 # one\n  - b:1 # two\n";
    const changes = { kustomize: { images: ["b:2", "c:1"] } };
    expect(renderArgoCdSource(existing, changes)).toBe(
      "# c\nkustomize:\n  images:\n  # first\n  - a:1 # one\n  - b:2 # two\n  - c:1\n",
    );
  });

  it("sorts Helm parameters with their comments", () => {
    const existing =
      "helm:\n  parameters:\n  # z\n  - name: z\n    value: z\n  # a\n  - name: a\n    value: a # x\n";
    expect(renderArgoCdSource(existing, TAG)).toBe(
      `helm:\n  parameters:\n  # a\n  - name: a\n    value: a # x\n    forcestring: false\n  ${TAG_LINES}  # z\n  - name: z\n    value: z\n    forcestring: false\n`,
    );
  });

  it.each([
    ["several documents", "helm: {}\n---\nhelm: {}\n"],
    ["an anchor on the block", "helm: &h\n  parameters: []\nz: *h\n"],
    ["an anchor in the list", "helm:\n  parameters:\n  - &p\n    name: a\n    value: b\nz: *p\n"],
    ["an alias for the block", "z: &z\n  parameters: []\nhelm: *z\n"],
    ["a merge key in the block", "z: &z {valueFiles: [a]}\nhelm:\n  <<: *z\n"],
    ["a merge key at the root", "z: &z {helm: {}}\n<<: *z\n"],
    ["an explicit key", "? helm\n: valueFiles: [a]\n"],
  ])("is refused with %s", (_title, existing) => {
    expect(() => renderArgoCdSource(existing, TAG)).toThrow(
      expect.objectContaining({ name: "EditError", code: "unsupported-yaml" }),
    );
  });
});

describe("readArgoCdSource", () => {
  const NOTHING = { helmParameters: [], kustomizeImages: [], pluginEnv: [] };

  it("reads all three lists", () => {
    const text =
      "helm:\n  parameters:\n  - {name: a, value: 1.0, forceString: yes}\nkustomize:\n  images: [a:1]\nplugin:\n  env:\n  - name: X\n    value: y\n";
    expect(readArgoCdSource(text)).toEqual({
      helmParameters: [{ name: "a", value: "1.0", forceString: true }],
      kustomizeImages: ["a:1"],
      pluginEnv: [{ name: "X", value: "y" }],
    });
  });

  it("follows aliases, also those that turn in circles", () => {
    expect(readArgoCdSource("z: &z [a:1]\nkustomize: {images: *z}\n").kustomizeImages).toEqual([
      "a:1",
    ]);
    expect(readArgoCdSource("kustomize: &k\n  images: *k\n")).toEqual(NOTHING);
  });

  it("leaves out items that are none", () => {
    expect(
      readArgoCdSource("kustomize:\n  images:\n  - a:1\n  - {}\n  -\n").kustomizeImages,
    ).toEqual(["a:1"]);
  });

  it("reads the first of several documents, as upstream", () => {
    expect(readArgoCdSource("kustomize: {images: [a:1]}\n---\nx: y\n").kustomizeImages).toEqual([
      "a:1",
    ]);
  });

  it.each(["", "# c\n", "a: [", "- a", "helm: x", "helm:\n  parameters: 1"])(
    "finds nothing in %j",
    (text) => {
      expect(readArgoCdSource(text)).toEqual(NOTHING);
    },
  );
});

interface VectorInput {
  readonly existing: string;
  readonly parameters?: readonly HelmParameter[];
  readonly images?: readonly string[];
  readonly env?: readonly EnvironmentVariable[];
}

function changesOf({
  parameters,
  images,
  env,
}: Omit<VectorInput, "existing">): ArgoCdSourceChanges {
  if (parameters !== undefined) return { helm: { parameters } };
  if (images !== undefined) return { kustomize: { images } };
  return { plugin: { env: env ?? [] } };
}
