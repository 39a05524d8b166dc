import type { Edit, WriteBackChange, WriteBackLocation, WriteResult } from "@image-updater/core";
import { createGitWriteBack } from "../src/create-git-write-back.js";
import type { GitWriteBackSettings } from "../src/git-write-back-settings.js";

export const gitSettings: WriteBackChange["settings"] = {
  method: "git",
  target: { kind: "override" },
};

/** A change of one application, with as little said as possible. */
export function change(
  name: string,
  location: WriteBackLocation,
  edits: readonly Edit[],
  more: Partial<WriteBackChange> = {},
): WriteBackChange {
  return {
    application: { name, namespace: "argocd" },
    settings: gitSettings,
    location,
    edits,
    message: `build: automatic update of ${name}\n\n`,
    ...more,
  };
}

/** Sets one value of a Helm values file. */
export function setValue(file: string, path: string, value: string): Edit {
  return { kind: "helm-values", path: file, changes: [{ path, value }] };
}

/** Sets a parameter in an override file. */
export function override(file: string, value: string): Edit {
  const parameters = [{ name: "image.tag", value, forceString: true }];
  return { kind: "argocd-source", path: file, changes: { helm: { parameters } } };
}

/** Sets an image of the first kustomization that exists; it is refused when none does. */
export function setImage(path: string, ...others: readonly string[]): Edit {
  const images = [{ name: "nginx", newTag: "v2" }];
  return { kind: "kustomization", path, candidates: [path, ...others], images };
}

/** Limits that no machine is too busy for; a test that must reach one sets its own. */
export const PATIENT: GitWriteBackSettings = { requestTimeoutMs: 600_000, deadlineMs: 600_000 };

/** A write-back for the test server, which speaks plain HTTP. */
export function localGit(
  settings: GitWriteBackSettings = {},
): ReturnType<typeof createGitWriteBack> {
  return createGitWriteBack({ ...PATIENT, allowHttp: true, ...settings });
}

/** The error code of a failed result; anything else as it is. */
export function codeOf(result: { readonly kind: string } | undefined): unknown {
  return isFailed(result) ? result.error.code : result?.kind;
}

/** The error message of a failed result. */
export function messageOf(result: { readonly kind: string } | undefined): string {
  return isFailed(result) ? result.error.message : "";
}

function isFailed(result: { readonly kind: string } | undefined): result is Failed {
  return result !== undefined && "error" in result;
}

type Failed = Extract<WriteResult, { readonly kind: "failed" }>;
