import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { applyJsonPatch } from "../../src/overrides/apply-json-patch.js";
import { renderApplicationPatch } from "../../src/overrides/application-patch.js";
import type { ArgoCdSourceChanges } from "../../src/ports/edits.js";

const SOURCE = "/spec/source";
const TEST_VERSION = { op: "test", path: "/metadata/resourceVersion", value: "7" };

function manifest(source: object): object {
  return { metadata: { name: "web", resourceVersion: "7" }, spec: { project: "p", source } };
}

function helm(...parameters: object[]): ArgoCdSourceChanges {
  return { helm: { parameters } } as ArgoCdSourceChanges;
}

function tag(value: string): { name: string; value: string; forceString: true } {
  return { name: "image.tag", value, forceString: true };
}

describe("renderApplicationPatch", () => {
  it("replaces a value behind a test of its name", () => {
    const application = {
      manifest: manifest({ helm: { parameters: [{ name: "x", value: "1" }, tag("1")] } }),
      source: SOURCE,
    };
    expect(renderApplicationPatch(application, helm(tag("2")))).toEqual([
      { op: "test", path: "/spec/source/helm/parameters/1/name", value: "image.tag" },
      { op: "replace", path: "/spec/source/helm/parameters/1/value", value: "2" },
    ]);
  });

  it.each([
    ["adds", { name: "image.tag", value: "2" }, "add"],
    ["replaces", { name: "image.tag", value: "2", forceString: false }, "replace"],
  ])("%s forceString where it is missing", (_title, item, op) => {
    const application = { manifest: manifest({ helm: { parameters: [item] } }), source: SOURCE };
    expect(renderApplicationPatch(application, helm(tag("2")))).toEqual([
      { op: "test", path: "/spec/source/helm/parameters/0/name", value: "image.tag" },
      { op, path: "/spec/source/helm/parameters/0/forceString", value: true },
    ]);
  });

  it.each([
    ["the block", {}, "/spec/source/helm", { parameters: [tag("2")] }],
    ["a block that is null", { helm: null }, "/spec/source/helm", { parameters: [tag("2")] }],
    ["the list", { helm: { valueFiles: ["v"] } }, "/spec/source/helm/parameters", [tag("2")]],
    ["an item", { helm: { parameters: [] } }, "/spec/source/helm/parameters/-", tag("2")],
  ])("adds %s behind a test of the resource version", (_title, source, path, value) => {
    const application = { manifest: manifest(source), source: SOURCE };
    expect(renderApplicationPatch(application, helm(tag("2")))).toEqual([
      TEST_VERSION,
      { op: "add", path, value },
    ]);
  });

  it("replaces a Kustomize image behind a test of the old one, and appends others", () => {
    const application = {
      manifest: manifest({ kustomize: { images: ["a:1", "x/y:1"] } }),
      source: SOURCE,
    };
    const changes = { kustomize: { images: ["x/y:2", "gcr.io/x/y:2"] } };
    expect(renderApplicationPatch(application, changes)).toEqual([
      TEST_VERSION,
      { op: "test", path: "/spec/source/kustomize/images/1", value: "x/y:1" },
      { op: "replace", path: "/spec/source/kustomize/images/1", value: "x/y:2" },
      { op: "add", path: "/spec/source/kustomize/images/-", value: "gcr.io/x/y:2" },
    ]);
  });

  it("sets plugin variables", () => {
    const application = {
      manifest: manifest({ plugin: { env: [{ name: "TAG", value: "1" }] } }),
      source: SOURCE,
    };
    expect(
      renderApplicationPatch(application, { plugin: { env: [{ name: "TAG", value: "2" }] } }),
    ).toEqual([
      { op: "test", path: "/spec/source/plugin/env/0/name", value: "TAG" },
      { op: "replace", path: "/spec/source/plugin/env/0/value", value: "2" },
    ]);
  });

  it("makes sure of the source where sources are a list", () => {
    const sources = [
      { repoURL: "https://a.example/charts", chart: "web" },
      { repoURL: "https://a.example/git", path: "apps", helm: { parameters: [tag("1")] } },
    ];
    const application = { manifest: { spec: { sources } }, source: "/spec/sources/1" };
    const patch = renderApplicationPatch(application, helm(tag("2")));
    expect(patch.map(({ op, path }) => `${op} ${path}`)).toEqual([
      "test /spec/sources/1/repoURL",
      "test /spec/sources/1/path",
      "test /spec/sources/1/helm/parameters/0/name",
      "replace /spec/sources/1/helm/parameters/0/value",
    ]);
    expect(() => applyJsonPatch({ spec: { sources: sources.toReversed() } }, patch)).toThrow(
      /sources\/1\/repoURL/,
    );
  });

  it.each([
    ["is its twin", { repoURL: "https://a.example/git", path: "apps" }],
    ["has more marks", { repoURL: "https://a.example/git", path: "apps", ref: "values" }],
  ])("tests the resource version where another source %s", (_title, other) => {
    const wanted = { repoURL: "https://a.example/git", path: "apps" };
    const sources = [wanted, other].map((source, index) => ({
      ...source,
      helm: { parameters: [tag(String(index))] },
    }));
    const before = { metadata: { resourceVersion: "7" }, spec: { sources } };
    const patch = renderApplicationPatch(
      { manifest: before, source: "/spec/sources/0" },
      helm(tag("2")),
    );
    expect(patch[0]).toEqual(TEST_VERSION);
    const reordered = {
      metadata: { resourceVersion: "8" },
      spec: { sources: sources.toReversed() },
    };
    expect(() => applyJsonPatch(reordered, patch)).toThrow(
      expect.objectContaining({ code: "test-failed" }),
    );
  });

  it("tests the marks only where they tell the source from the others", () => {
    const sources = [
      { repoURL: "https://a.example/git", path: "apps", helm: { parameters: [tag("1")] } },
      {
        repoURL: "https://a.example/git",
        path: "apps",
        name: "api",
        helm: { parameters: [tag("1")] },
      },
    ];
    const application = { manifest: { spec: { sources } }, source: "/spec/sources/1" };
    expect(
      renderApplicationPatch(application, helm(tag("2"))).map(({ op, path }) => `${op} ${path}`),
    ).toEqual([
      "test /spec/sources/1/repoURL",
      "test /spec/sources/1/path",
      "test /spec/sources/1/name",
      "test /spec/sources/1/helm/parameters/0/name",
      "replace /spec/sources/1/helm/parameters/0/value",
    ]);
  });

  it("leaves alone what is to be kept, and adds it where it is missing", () => {
    const application = {
      manifest: manifest({
        helm: { parameters: [tag("1")] },
        kustomize: { images: ["x:1"] },
      }),
      source: SOURCE,
    };
    const parameters = [tag("2"), { name: "other", value: "3" }];
    const keepExisting = ["image.tag", "other"];
    expect(renderApplicationPatch(application, { helm: { parameters, keepExisting } })).toEqual([
      TEST_VERSION,
      { op: "add", path: "/spec/source/helm/parameters/-", value: { name: "other", value: "3" } },
    ]);
    const images = ["x:2", "quay.io/y:1"];
    const kustomize = { images, keepExisting: images };
    expect(renderApplicationPatch(application, { kustomize })).toEqual([
      TEST_VERSION,
      { op: "add", path: "/spec/source/kustomize/images/-", value: "quay.io/y:1" },
    ]);
  });

  it.each<[string, object, ArgoCdSourceChanges]>([
    ["parameters are there", { helm: { parameters: [tag("2")] } }, helm(tag("2"))],
    [
      "values are empty",
      { helm: { parameters: [tag("2")] } },
      helm(tag(""), { name: "x", value: "" }),
    ],
    ["no change is wanted", {}, helm()],
    [
      "images are there",
      { kustomize: { images: ["x/y:1"] } },
      { kustomize: { images: ["x/y:1"] } },
    ],
  ])("is empty when %s", (_title, source, changes) => {
    const application = { manifest: { spec: { source } }, source: SOURCE };
    expect(renderApplicationPatch(application, changes)).toEqual([]);
  });

  it.each<[string, unknown, string, string]>([
    ["a source that is not there", { spec: {} }, SOURCE, "not-found"],
    ["a pointer that is none", {}, "spec", "invalid-path"],
    ["a block that is not an object", { spec: { source: { helm: [] } } }, SOURCE, "not-a-mapping"],
    [
      "a list that is none",
      { spec: { source: { helm: { parameters: {} } } } },
      SOURCE,
      "not-a-sequence",
    ],
    ["an addition nobody can guard", { spec: { source: {} } }, SOURCE, "not-found"],
  ])("refuses %s", (_title, foreign, source, code) => {
    expect(() => renderApplicationPatch({ manifest: foreign, source }, helm(tag("1")))).toThrow(
      expect.objectContaining({ name: "EditError", code }),
    );
  });
});

describe("a rendered patch", () => {
  const parameters = fc.uniqueArray(
    fc.record({
      name: fc.constantFrom("a", "b", "image.tag", "a/b~c"),
      value: fc.constantFrom("1", "2", "1.10"),
      forceString: fc.constantFrom(true, false),
    }),
    { selector: ({ name }) => name },
  );
  const changes = parameters.map((list) => list.map((item) => ({ ...item, forceString: true })));

  it("gives exactly the wanted parameters, and leaves all else", () => {
    fc.assert(
      fc.property(fc.option(parameters), changes, (existing, wanted) => {
        const before = manifest({
          repoURL: "r",
          ...(existing && { helm: { parameters: existing } }),
        });
        const application = { manifest: before, source: SOURCE };
        const after = applyJsonPatch(before, renderApplicationPatch(application, helm(...wanted)));
        const present = existing ?? [];
        const expected = [
          ...present.map((item) => wanted.find(({ name }) => name === item.name) ?? item),
          ...wanted.filter(({ name }) => !present.some((item) => item.name === name)),
        ];
        const helmBlock =
          existing === null && wanted.length === 0 ? {} : { helm: { parameters: expected } };
        expect(after).toEqual(manifest({ repoURL: "r", ...helmBlock }));
        expect(
          renderApplicationPatch({ manifest: after, source: SOURCE }, helm(...wanted)),
        ).toEqual([]);
      }),
    );
  });

  it("fails when somebody reordered the list", () => {
    fc.assert(
      fc.property(parameters, fc.nat(), (existing, turn) => {
        fc.pre(existing.length > 1);
        const by = 1 + (turn % (existing.length - 1));
        const wanted = existing.map(({ name }) => ({ name, value: "3", forceString: true }));
        const application = {
          manifest: manifest({ helm: { parameters: existing } }),
          source: SOURCE,
        };
        const patch = renderApplicationPatch(application, helm(...wanted));
        const reordered = [...existing.slice(by), ...existing.slice(0, by)];
        expect(() => applyJsonPatch(manifest({ helm: { parameters: reordered } }), patch)).toThrow(
          expect.objectContaining({ code: "test-failed" }),
        );
      }),
    );
  });
});
