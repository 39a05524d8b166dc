import { DOCKER_HUB, type ImageName } from "./reference-grammar.js";

/**
 * Whether two references name the same image, tag and digest aside, as Argo CD Image Updater matches
 * configured images with live ones: an absent registry and a written `docker.io` differ.
 */
export function sameImage(a: ImageName, b: ImageName): boolean {
  return a.repository === b.repository && a.registry === b.registry;
}

/**
 * Whether two references name the same image when an absent registry means `docker.io`, as Argo CD
 * Image Updater does only where it merges override files.
 */
export function sameImageIgnoringDockerHub(a: ImageName, b: ImageName): boolean {
  return a.repository === b.repository && hostOf(a) === hostOf(b);
}

function hostOf({ registry }: ImageName): string {
  return registry ?? DOCKER_HUB;
}
