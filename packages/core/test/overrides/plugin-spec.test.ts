import { describe, expect, it } from "vitest";

import { pluginEnvironmentFor, setPluginEnvironment } from "../../src/overrides/plugin-spec.js";
import { vectors } from "./vectors.js";

const IMAGE = { name: "ghcr.io/org/app", tag: "1.2.3", spec: "ghcr.io/org/app:1.2.3" };

describe("pluginEnvironmentFor", () => {
  it.each([
    ["writes nothing without names: there are no defaults", {}, []],
    ["writes nothing for a tag alone", { tag: "TAG" }, []],
    ["writes the name alone", { name: "NAME" }, [{ name: "NAME", value: IMAGE.name }]],
    [
      "writes name and tag",
      { name: "NAME", tag: "TAG" },
      [
        { name: "NAME", value: IMAGE.name },
        { name: "TAG", value: IMAGE.tag },
      ],
    ],
    [
      "writes the full reference alone where spec is named",
      { name: "NAME", tag: "TAG", spec: "SPEC" },
      [{ name: "SPEC", value: IMAGE.spec }],
    ],
  ])("%s", (_title, target, expected) => {
    expect(pluginEnvironmentFor(target, IMAGE)).toEqual(expected);
  });

  it("does not write an empty tag", () => {
    expect(pluginEnvironmentFor({ name: "N", tag: "T" }, { ...IMAGE, tag: "" })).toEqual([
      { name: "N", value: IMAGE.name },
    ]);
  });
});

describe("setPluginEnvironment", () => {
  it("replaces in place, appends, and never writes an empty value", () => {
    const set = setPluginEnvironment(
      [
        { name: "A", value: "1" },
        { name: "B", value: "1" },
      ],
      [
        { name: "A", value: "2" },
        { name: "B", value: "" },
        { name: "C", value: "2" },
      ],
    );
    expect(set).toEqual([
      { name: "A", value: "2" },
      { name: "B", value: "1" },
      { name: "C", value: "2" },
    ]);
  });

  it.each(vectors("spec-plugin-set"))("$id", ({ input, expected }) => {
    const { env, image, ...target } = input as PluginSetInput;
    const [name = "", tag = ""] = image.split(":");
    const set = setPluginEnvironment(env, pluginEnvironmentFor(target, { name, tag, spec: image }));
    expect(Object.fromEntries(set.map((entry) => [entry.name, entry.value]))).toEqual(expected);
  });
});

interface PluginSetInput {
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly image: string;
  readonly name?: string;
  readonly tag?: string;
  readonly spec?: string;
}
