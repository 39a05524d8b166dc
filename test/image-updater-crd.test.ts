import { readFileSync } from "node:fs";
import { parseImageUpdater } from "@image-updater/core";
import { load } from "js-yaml";
import { expect, it } from "vitest";

const definition: unknown = load(
  readFileSync(
    new URL("../examples/controller/deploy/image-updater-crd.yaml", import.meta.url),
    "utf8",
  ),
);

/** The schemas of all fields of this name. */
function schemasOf(name: string, schema: unknown): readonly unknown[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) => [
    ...(key === name ? [value] : []),
    ...schemasOf(name, value),
  ]);
}

it.each(["namePattern", "imageName"])("takes an empty %s, as upstream's schema does", (name) => {
  const found = schemasOf(name, definition).filter((schema) => typeof schema === "object");
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({ type: "string" });
  expect(found[0]).not.toHaveProperty("minLength");
  expect(found[0]).not.toHaveProperty("pattern");
});

it("cares for all the rest of a resource with an empty pattern and an empty name", () => {
  const { value, diagnostics } = parseImageUpdater({
    apiVersion: "argocd-image-updater.argoproj.io/v1alpha1",
    kind: "ImageUpdater",
    metadata: { name: "updater", namespace: "argocd" },
    spec: {
      applicationRefs: [
        { namePattern: "", images: [{ alias: "a", imageName: "nginx" }] },
        {
          namePattern: "web",
          images: [
            { alias: "a", imageName: "" },
            { alias: "b", imageName: "nginx:1.x" },
          ],
        },
      ],
    },
  });
  const [web, none] = value?.refs ?? [];
  expect(web?.settings).toMatchObject({
    kind: "policies",
    value: { images: [{ alias: "b" }], invalidImages: [{ alias: "a" }] },
  });
  expect(none?.settings.kind).toBe("policies");
  expect(none?.matches({ name: "web", labels: {} })).toBe(false);
  expect(diagnostics.map(({ severity, where }) => [severity, where.field])).toEqual([
    ["warning", "spec.applicationRefs[0].namePattern"],
    ["error", "spec.applicationRefs[1].images[0].imageName"],
  ]);
});
