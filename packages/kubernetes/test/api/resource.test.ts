import { describe, expect, it } from "vitest";
import { parseNamespaces } from "../../src/api/namespaces.js";
import { APPLICATIONS, IMAGE_UPDATERS, resourcePath, SECRETS } from "../../src/api/resource.js";

describe("the path of a resource", () => {
  it.each([
    [{ resource: SECRETS, namespace: "a", name: "b" }, "/api/v1/namespaces/a/secrets/b"],
    [{ resource: SECRETS, namespace: "a" }, "/api/v1/namespaces/a/secrets"],
    [{ resource: APPLICATIONS }, "/apis/argoproj.io/v1alpha1/applications"],
    [
      { resource: IMAGE_UPDATERS, namespace: "a", name: "b.c", subresource: "status" as const },
      "/apis/argocd-image-updater.argoproj.io/v1alpha1/namespaces/a/imageupdaters/b.c/status",
    ],
  ])("of %o is %s", (place, path) => {
    expect(resourcePath(place)).toBe(path);
  });

  it.each(["", "..", "a/b", "a%2fb", "A", "-a", "a-", "a b", "a?x=1", "ä", "a".repeat(254)])(
    "is not made of the name %j",
    (name) => {
      expect(() => resourcePath({ resource: SECRETS, namespace: "a", name })).toThrow(
        "is not a name",
      );
    },
  );

  it.each(["", "..", "a.b", "kube-system/secrets", "A", "a".repeat(64)])(
    "is not made of the namespace %j",
    (namespace) => {
      expect(() => resourcePath({ resource: SECRETS, namespace })).toThrow("is not a namespace");
    },
  );
});

describe("the namespaces of a setting", () => {
  it("are each asked once, and all of them in one call", () => {
    expect(parseNamespaces("namespaces", ["a", "b", "a"])).toEqual(["a", "b"]);
    expect(parseNamespaces("namespaces", "all")).toEqual([undefined]);
  });

  it.each([[[]], [["*"]], [["a", ""]]])("are not %j", (namespaces) => {
    expect(() => parseNamespaces("namespaces", namespaces)).toThrow("namespaces: ");
  });
});
