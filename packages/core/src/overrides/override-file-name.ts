import { EditError } from "../errors/edit-error.js";
import { resolveRepositoryPath } from "./repository-path.js";

/** Whose override file is meant, and who writes it. */
export interface OverrideFileOwner {
  readonly applicationName: string;
  /** Empty when it is not known. */
  readonly applicationNamespace: string;
  /** The namespace the updater itself runs in. */
  readonly controllerNamespace: string;
}

/**
 * The name of an application's override file, `.argocd-source-<application>.yaml`.
 *
 * As Argo CD Image Updater, the namespace stands before the name, `<namespace>_<application>`, when
 * the application lives in another namespace than the updater; not when the updater's is `default`.
 */
function overrideFileName(owner: OverrideFileOwner): string {
  const { applicationName, applicationNamespace, controllerNamespace } = owner;
  const isPlain = ["", controllerNamespace].includes(applicationNamespace);
  const prefix = isPlain || controllerNamespace === "default" ? "" : `${applicationNamespace}_`;
  for (const part of [prefix, applicationName]) {
    // Kubernetes knows no such names, but a manifest may come from a file.
    if (/[/\\]|\p{Cc}/u.test(part)) {
      const message = `${JSON.stringify(part)} cannot be part of a file name: names of Applications and namespaces must not hold a slash, a backslash or a control character`;
      throw new EditError("invalid-path", message);
    }
  }
  return `.argocd-source-${prefix}${applicationName}.yaml`;
}

/**
 * The path of an application's override file from the repository's root: next to the manifests of
 * the source. Throws EditError `path-outside-repository` for a source path that leads out of the
 * repository, and `invalid-path` for a name that would lead out of the folder.
 */
export function overrideFilePath({
  sourcePath,
  ...owner
}: OverrideFileOwner & { readonly sourcePath: string }): string {
  return resolveRepositoryPath({ sourcePath, path: overrideFileName(owner) });
}
