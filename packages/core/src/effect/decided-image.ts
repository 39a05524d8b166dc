import type { Decision } from "../decision/decision.js";
import { findRunningImages } from "../decision/find-running-image.js";
import { createImageReference } from "../image/create-image-reference.js";
import { writtenName } from "../image/image-names.js";
import type { ImageReference } from "../image/image-reference.js";
import { parseImageReference } from "../image/parse-image-reference.js";
import type { ImagePolicy } from "../policy/image-policy.js";

/** An image with a decision that says what its manifests should hold. */
export interface DecidedImage {
  readonly policy: ImagePolicy;
  readonly decision: Decision;
  /** What runs now. */
  readonly running: ImageReference;
  /** What should stand in the manifests: the chosen tag, or for an up-to-date image the running one. */
  readonly wanted: ImageReference;
  /**
   * The image's name as its running containers spell it, each spelling once; as configured where
   * none runs. Kustomize compares names as text.
   */
  readonly runningNames: readonly string[];
  /** Set where another image writes the Helm parameter that would hold the name by default. */
  readonly leavesName?: boolean | undefined;
}

/**
 * Pairs a policy with its decision; undefined when the decision gives nothing to write.
 *
 * The name is always the configured one. An up-to-date image keeps the running tag, so that an
 * override file lists all images of its application, as Argo CD Image Updater writes it.
 */
export function toDecidedImage(
  policy: ImagePolicy,
  decision: Decision,
  live: readonly ImageReference[],
): DecidedImage | undefined {
  const running = parseImageReference(decision.running ?? "").value;
  if (running === undefined) return undefined;
  const wanted = wantedImage(policy, decision, running);
  if (wanted === undefined) return undefined;
  const names = new Set(findRunningImages(policy, live).map(writtenName));
  const runningNames = names.size === 0 ? [writtenName(policy.image)] : [...names];
  return { policy, decision, running, wanted, runningNames };
}

function wantedImage(
  { image: { registry, repository, writtenName: written } }: ImagePolicy,
  decision: Decision,
  running: ImageReference,
): ImageReference | undefined {
  const name = { registry, repository, writtenName: written };
  if (decision.outcome === "update") {
    return createImageReference({ ...name, tag: decision.tag, digest: decision.digest });
  }
  if (decision.outcome !== "up-to-date") return undefined;
  // A container that runs a bare digest keeps the name of the tag it follows.
  const tag = running.tag ?? (running.digest === undefined ? undefined : decision.tag);
  return createImageReference({ ...name, tag, digest: running.digest });
}

/** The tag as commit messages and branch names print it: the digest when there is one. */
export function printedTag(image: ImageReference): string {
  return image.digest ?? image.tag ?? "";
}
