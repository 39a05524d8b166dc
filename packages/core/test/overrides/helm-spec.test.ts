import { describe, expect, it } from "vitest";

import { helmParametersFor, setHelmParameters } from "../../src/overrides/helm-spec.js";
import { vectors } from "./vectors.js";

const IMAGE = { name: "ghcr.io/org/app", tag: "1.2.3", spec: "ghcr.io/org/app:1.2.3" };

function forced(name: string, value: string): object {
  return { name, value, forceString: true };
}

describe("helmParametersFor", () => {
  it.each([
    [
      "writes the default names",
      {},
      [forced("image.name", IMAGE.name), forced("image.tag", IMAGE.tag)],
    ],
    [
      "takes an empty name for an absent one",
      { name: "", tag: "", spec: "" },
      [forced("image.name", IMAGE.name), forced("image.tag", IMAGE.tag)],
    ],
    [
      "defaults each name on its own",
      { tag: "app.version" },
      [forced("image.name", IMAGE.name), forced("app.version", IMAGE.tag)],
    ],
    [
      "writes the full reference alone where spec is named",
      { name: "a", tag: "b", spec: "app.image" },
      [forced("app.image", IMAGE.spec)],
    ],
  ])("%s", (_title, target, expected) => {
    expect(helmParametersFor(target, IMAGE)).toEqual(expected);
  });

  it("does not write an empty tag", () => {
    expect(helmParametersFor({}, { ...IMAGE, tag: "" })).toEqual([
      forced("image.name", IMAGE.name),
    ]);
  });
});

describe("setHelmParameters", () => {
  it.each([
    ["replaces in place", ["a=1", "b=1", "c=1"], ["b=2"], ["a=1", "b=2", "c=1"]],
    ["appends in order", ["z=1"], ["b=2", "a=2"], ["z=1", "b=2", "a=2"]],
    ["never writes an empty value", ["a=1"], ["a=", "b="], ["a=1"]],
    ["lets the last of two changes win", [], ["a=1", "a=2"], ["a=2"]],
    [
      "replaces every item of the name, for Helm takes the last",
      ["a=1", "a=2"],
      ["a=3"],
      ["a=3", "a=3"],
    ],
  ])("%s", (_title, existing, changes, expected) => {
    expect(setHelmParameters(existing.map(parameter), changes.map(parameter))).toEqual(
      expected.map(parameter),
    );
  });

  it("replaces the whole item", () => {
    const set = setHelmParameters(
      [{ name: "a", value: "1", forceString: false }],
      [{ name: "a", value: "2", forceString: true }],
    );
    expect(set).toEqual([{ name: "a", value: "2", forceString: true }]);
  });

  it.each(vectors("spec-helm-set"))("$id", ({ input, expected }) => {
    const { existing, image, tag } = input as HelmSetInput;
    const parts = { name: image, tag: tag ?? "", spec: `${image}:${tag ?? ""}` };
    const set = setHelmParameters(existing, helmParametersFor({}, parts));
    const byName = Object.fromEntries(set.map(({ name, value }) => [name, value]));
    expect(byName).toMatchObject(expected as object);
  });
});

interface HelmSetInput {
  readonly existing: readonly { readonly name: string; readonly value: string }[];
  readonly image: string;
  readonly tag: string | null;
}

function parameter(text: string): { name: string; value: string } {
  const [name = "", value = ""] = text.split("=");
  return { name, value };
}
