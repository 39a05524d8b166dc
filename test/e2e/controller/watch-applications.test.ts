import { inMemoryApplications } from "@image-updater/core/testing";
import { describe, expect, it } from "vitest";
import type { Trigger } from "../../../examples/controller/src/trigger.js";
import { watchApplications } from "../../../examples/controller/src/watch-applications.js";
import { applicationManifest, withAnnotations } from "../support/application-manifest.js";

const MANIFEST = applicationManifest({
  name: "web",
  repositoryUrl: "https://git.example.com/apps",
  running: ["acme/web:1.0.0"],
  annotations: { "image-list": "acme/web" },
});
const { status, spec } = MANIFEST;

/** What is told of the changes, with one at the end that is always told. */
async function triggersOf(...manifests: readonly object[]): Promise<readonly Trigger[]> {
  const { source, put } = inMemoryApplications([MANIFEST]);
  const triggers: Trigger[] = [];
  const ending = new AbortController();
  const { signal } = ending;
  const watching = watchApplications(source, (trigger) => triggers.push(trigger), { signal });
  for (const manifest of manifests) put(manifest);
  put({ ...MANIFEST, metadata: { name: "last", namespace: "argocd" } });
  await expect.poll(() => triggers.at(-1)).toMatchObject({ name: "last" });
  ending.abort();
  await watching;
  return triggers.slice(0, -1);
}

const WEB = { kind: "application", namespace: "argocd", name: "web" };

describe("a watch of Applications", () => {
  it("does not tell of those that are there at the start", async () => {
    expect(await triggersOf()).toEqual([]);
  });

  it.each([
    ["an annotation", withAnnotations(MANIFEST, { "app.allow-tags": "any" })],
    ["a label", { ...MANIFEST, metadata: { ...MANIFEST.metadata, labels: { stage: "test" } } }],
    [
      "its branch",
      { ...MANIFEST, spec: { ...spec, source: { ...spec.source, targetRevision: "b" } } },
    ],
    ["its sources", { ...MANIFEST, spec: { ...spec, sources: [{ repoURL: "a" }] } }],
  ])("tells of a change of %s", async (_, manifest) => {
    expect(await triggersOf(manifest, manifest)).toEqual([WEB]);
  });

  it.each([
    ["what runs", { ...MANIFEST, status: { ...status, summary: { images: ["acme/web:1.1.0"] } } }],
    ["its type", { ...MANIFEST, status: { ...status, sourceType: "Kustomize" } }],
    ["its status, which is gone for a while", { ...MANIFEST, status: undefined }],
    ["an operation", { ...MANIFEST, operation: { sync: { revision: "abc" } } }],
    ["its health", { ...MANIFEST, status: { ...status, health: { status: "Degraded" } } }],
    [
      "parameters, which we write",
      {
        ...MANIFEST,
        spec: {
          ...spec,
          source: { ...spec.source, helm: { parameters: [{ name: "a", value: "b" }] } },
        },
      },
    ],
    [
      "annotations of others",
      {
        ...MANIFEST,
        metadata: {
          ...MANIFEST.metadata,
          annotations: { ...MANIFEST.metadata.annotations, "argocd.argoproj.io/refresh": "hard" },
        },
      },
    ],
  ])("does not tell of a change of %s", async (_, manifest) => {
    expect(await triggersOf(manifest, MANIFEST)).toEqual([]);
  });

  it("tells of a new Application, and of its first status, and of no other one", async () => {
    const created = { ...MANIFEST, metadata: { ...MANIFEST.metadata, name: "new" } };
    const withStatus = (more: object): object => ({ ...created, status: { ...status, ...more } });
    const told = await triggersOf(
      { ...created, status: undefined },
      withStatus({ summary: { images: [] } }),
      withStatus({}),
      withStatus({ summary: { images: ["acme/web:1.1.0"] } }),
      withStatus({ summary: { images: [] } }),
      withStatus({}),
    );
    expect(told).toEqual([
      { ...WEB, name: "new" },
      { ...WEB, name: "new" },
    ]);
  });
});
