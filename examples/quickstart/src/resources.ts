import assert from "node:assert/strict";
import { findApplicationRef, parseImageUpdater, readApplication } from "@image-updater/core";

const RESOURCE = {
  apiVersion: "argocd-image-updater.argoproj.io/v1alpha1",
  kind: "ImageUpdater",
  metadata: { name: "shop", namespace: "argocd" },
  spec: {
    writeBackConfig: { method: "git" },
    applicationRefs: [
      { namePattern: "shop-*", images: [{ alias: "web", imageName: "ghcr.io/acme/web:^2" }] },
    ],
  },
};

const MANIFEST = {
  metadata: { name: "shop-eu", namespace: "argocd" },
  spec: { source: { repoURL: "https://git.example.com/apps.git", path: "shop", helm: {} } },
};

/** An Application read with the policies of an ImageUpdater resource. */
export function readWithResource(): void {
  const resource: unknown = RESOURCE;
  const manifest: unknown = MANIFEST;
  // #region resource
  const { value: imageUpdater } = parseImageUpdater(resource);
  const ref = imageUpdater && findApplicationRef(imageUpdater, { name: "shop-eu" });
  if (ref?.settings.kind !== "policies") throw new Error("no reference, or a broken one");
  const { value: application } = readApplication(manifest, { settings: ref.settings.value });
  // #endregion resource
  assert.equal(application?.policies[0]?.constraint, "^2");
  assert.equal(application.writeBack?.method, "git");
}
