import { EditError } from "../errors/edit-error.js";
import { isGitFolder, repositoryPathProblem } from "./path-guard.js";

/** A path as it was written, and the folder it starts from. */
export interface RepositoryPathInput {
  /** Folder of the application's source, from the repository's root; empty for the root. */
  readonly sourcePath: string;
  /** Relative to the source, or from the repository's root when it begins with a slash. */
  readonly path: string;
}

/**
 * Where a path leads in the repository: from its root, without a leading slash, `.` for the root
 * itself. Nothing is looked up; symbolic links are the business of who reads the file.
 *
 * Throws {@link EditError} `path-outside-repository` for a path that leaves the repository on its
 * way, and `invalid-path` for one with a backslash, a control character or a `.git` component, and
 * for one that {@link repositoryPathProblem} refuses.
 */
export function resolveRepositoryPath({ sourcePath, path }: RepositoryPathInput): string {
  const written = path.startsWith("/") ? path : `${sourcePath}/${path}`;
  if (/\\|\p{Cc}/u.test(written)) {
    throw invalid(path, "it holds a backslash or a control character");
  }
  const components: string[] = [];
  for (const component of written.split("/")) {
    if (isGitFolder(component)) throw invalid(path, "it leads into .git");
    if (component === ".." && components.pop() === undefined) throw outside(path);
    if (component !== "" && component !== "." && component !== "..") components.push(component);
  }
  if (components.length === 0) return ".";
  const resolved = components.join("/");
  const problem = repositoryPathProblem(resolved);
  if (problem !== undefined) throw invalid(path, problem);
  return resolved;
}

/**
 * The folder of the kustomization to edit: the source's own where no path is given, `.` for the
 * repository's root. As Argo CD Image Updater, but `/` is the root there too and a path may not leave
 * the repository.
 */
export function kustomizationDirectory(sourcePath: string, path: string | undefined): string {
  return resolveRepositoryPath({ sourcePath, path: path ?? "" });
}

/** The files that can be the kustomization of a folder, in the order Argo CD Image Updater looks. */
export function kustomizationCandidates(directory: string): readonly string[] {
  const prefix = directory === "." || directory === "" ? "" : `${directory}/`;
  return ["kustomization.yaml", "kustomization.yml", "Kustomization"].map(
    (name) => `${prefix}${name}`,
  );
}

/** The Helm values file to edit: `values.yaml` of the source where no path is given. */
export function helmValuesPath(sourcePath: string, path: string | undefined): string {
  return toFile(path, resolveRepositoryPath({ sourcePath, path: path ?? "values.yaml" }));
}

/** The override file a write-back target names: always from the repository's root. */
export function overridePath(path: string): string {
  return toFile(path, resolveRepositoryPath({ sourcePath: "", path }));
}

function toFile(path: string | undefined, resolved: string): string {
  if (resolved === ".") throw invalid(path ?? "", "it names no file");
  return resolved;
}

function invalid(path: string, why: string): EditError {
  const message = `path "${printable(path)}" cannot be used: ${why}`;
  return new EditError("invalid-path", message, { path });
}

function outside(path: string): EditError {
  const message = `path "${printable(path)}" leaves the repository; it must stay inside`;
  return new EditError("path-outside-repository", message, { path });
}

function printable(path: string): string {
  return path.replaceAll(/\p{Cc}/gu, "?");
}
