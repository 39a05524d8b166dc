import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applicationOwner } from "../../src/application/application-owner.js";

const set = { apiVersion: "argoproj.io/v1alpha1", kind: "ApplicationSet", name: "shops" };
const tracking = (value: string): object => ({
  annotations: { "argocd.argoproj.io/tracking-id": value },
});

describe("the owner of an Application", () => {
  it.each([
    ["an owner reference", { ownerReferences: [set] }, "ApplicationSet", "shops"],
    [
      "the one of several references that is an ApplicationSet",
      { ownerReferences: [{ apiVersion: "v1", kind: "ConfigMap", name: "other" }, set] },
      "ApplicationSet",
      "shops",
    ],
    [
      "a tracking annotation",
      tracking("root:argoproj.io/Application:argocd/web"),
      "Application",
      "root",
    ],
    [
      "a tracking label",
      { labels: { "app.kubernetes.io/instance": "root" } },
      "Application",
      "root",
    ],
    [
      "the ApplicationSet, whatever is tracked",
      { ownerReferences: [set], ...tracking("root:argoproj.io/Application:argocd/web") },
      "ApplicationSet",
      "shops",
    ],
  ])("is found by %s", (_, metadata, kind, name) => {
    expect(applicationOwner({ metadata: { name: "web", ...metadata } })).toEqual({ kind, name });
  });

  it.each([
    ["nothing says so", {}],
    ["the label is its own name", { labels: { "app.kubernetes.io/instance": "web" } }],
    ["an ApplicationSet of another group", { ownerReferences: [{ ...set, apiVersion: "x/v1" }] }],
    ["the annotation is empty", tracking("")],
    ["the references are not list", { ownerReferences: "shops" }],
  ])("is nobody where %s", (_, metadata) => {
    expect(applicationOwner({ metadata: { name: "web", ...metadata } })).toBeUndefined();
  });

  it("is asked of anything", () => {
    fc.assert(
      fc.property(fc.anything(), (manifest) => {
        expect(() => applicationOwner(manifest)).not.toThrow();
      }),
    );
  });
});
