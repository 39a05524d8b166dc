import type { ArgoCdSourceChanges, WriteBackChange } from "@image-updater/core";

/** An Application whose Helm source holds the tag 1.0, or another source. */
export function manifest(
  name: string,
  source: object = {
    helm: { parameters: [{ name: "image.tag", value: "1.0", forceString: true }] },
  },
  metadata: object = {},
): object {
  return {
    metadata: { name, namespace: "argocd", ...metadata },
    spec: { project: "default", source: { repoURL: "https://charts.example.com", ...source } },
  };
}

/** The change of an Application's source. */
export function changeOf(
  name: string,
  changes: ArgoCdSourceChanges,
  source = "/spec/source",
): WriteBackChange {
  return {
    application: { name, namespace: "argocd" },
    settings: { method: "argocd", target: { kind: "override" } },
    edits: [{ kind: "application-patch", source, changes }],
    message: "",
  };
}

/** A new value of a Helm parameter. */
export function helmChange(value: string, name = "image.tag"): ArgoCdSourceChanges {
  return { helm: { parameters: [{ name, value, forceString: true }] } };
}
