import type { Repository } from "@image-updater/core";

/** A GitHub package as its REST API names it. */
export interface PackageName {
  readonly owner: string;
  /** May hold slashes. */
  readonly name: string;
}

/** The repository as the registry writes it: GitHub owners may have capitals, its names have none. */
export function inLowerCase(repository: Repository): Repository {
  return { ...repository, path: repository.path.toLowerCase() };
}

/** One step of a path that a URL does not take for another place. */
const STEP = /^[a-z0-9_-][a-z0-9._-]*$/;

/** The owner and the rest of a path, `undefined` for what is not an `owner/name`. */
export function parsePackageName(path: string): PackageName | undefined {
  const steps = path.split("/");
  const [owner = "", ...name] = steps;
  if (name.length === 0 || !steps.every((step) => STEP.test(step))) return undefined;
  return { owner, name: name.join("/") };
}
