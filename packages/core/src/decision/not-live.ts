import { canonicalHost } from "../config/registry-key.js";
import { differsByTypo } from "../errors/wording.js";
import { writtenName } from "../image/image-names.js";
import type { ImageReference } from "../image/image-reference.js";
import { DOCKER_HUB, type ImageName } from "../image/reference-grammar.js";
import type { ImagePolicy } from "../policy/image-policy.js";
import type { DecisionReason } from "./decision-reason.js";

/** Why an image is not live, with the running one that was probably meant. */
export function notLive({ image }: ImagePolicy, live: readonly ImageReference[]): DecisionReason {
  const meant = findMeant(image, live);
  return meant === undefined ? { code: "not-live" } : { code: "not-live", meant };
}

type Likeness = (configured: ImageName, running: ImageName) => boolean;

/** What people mix up, the likeliest first. */
const LIKENESSES: readonly Likeness[] = [
  (a, b) => officialName(a) === officialName(b) && hostOf(a) === hostOf(b),
  (a, b) => lower(a.repository) === lower(b.repository) && bareHost(a) === bareHost(b),
  (a, b) => officialName(a) === officialName(b),
  (a, b) => isBelow(a.repository, b.repository) || isBelow(b.repository, a.repository),
  (a, b) => differsByTypo(`${hostOf(a)}/${a.repository}`, `${hostOf(b)}/${b.repository}`, /[/]/u),
];

function findMeant(image: ImageReference, live: readonly ImageReference[]): string | undefined {
  for (const isLike of LIKENESSES) {
    const like = live.find((running) => isLike(image, running));
    if (like !== undefined) return writtenName(like);
  }
  return undefined;
}

function hostOf({ registry = DOCKER_HUB }: ImageName): string {
  return canonicalHost(registry);
}

function bareHost(name: ImageName): string {
  return hostOf(name).replace(/:\d+$/u, "");
}

/** Docker Hub's official images with and without their namespace are one. */
function officialName({ repository }: ImageName): string {
  return repository.startsWith("library/") ? repository.slice("library/".length) : repository;
}

/** Whether a mirror serves the path below one of its own. */
function isBelow(inner: string, outer: string): boolean {
  return inner.includes("/") && outer.endsWith(`/${inner}`);
}

function lower(text: string): string {
  return text.toLowerCase();
}
