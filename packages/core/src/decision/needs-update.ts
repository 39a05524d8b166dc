import { sameImage } from "../image/same-image.js";
import type { ImageReference } from "../image/image-reference.js";
import type { ImagePolicy } from "../policy/image-policy.js";
import type { DecisionReason } from "./decision-reason.js";

/** The tag a strategy chose. */
export interface LatestTag {
  readonly name: string;
  readonly digest?: string | undefined;
}

/**
 * Whether the chosen tag differs from the running one, and in what.
 *
 * Only inequality counts, never order: a chosen tag that is older than the running one is an update.
 */
export function needsUpdate(
  policy: Pick<ImagePolicy, "image" | "strategy" | "targets">,
  running: ImageReference,
  latest: LatestTag,
): { readonly update: boolean; readonly reason: DecisionReason } {
  if (policy.strategy.identity === "digest") {
    const digest = latest.digest ?? "";
    const same = running.digest !== undefined && running.digest === digest;
    return same
      ? { update: false, reason: { code: "same-digest", digest } }
      : { update: true, reason: { code: "other-digest", from: running.digest ?? "", to: digest } };
  }
  if (!sameTag(running, latest)) {
    const reason = { code: "other-tag", from: running.tag ?? "", to: latest.name } as const;
    return { update: true, reason };
  }
  const renamed = policy.targets.kustomize !== undefined && !sameImage(policy.image, running);
  return renamed
    ? {
        update: true,
        reason: { code: "other-name", from: nameOf(running), to: nameOf(policy.image) },
      }
    : { update: false, reason: { code: "same-tag", tag: latest.name } };
}

function sameTag(running: ImageReference, latest: LatestTag): boolean {
  if (running.digest !== undefined && latest.digest !== undefined) {
    return running.digest === latest.digest;
  }
  return running.tag !== undefined && running.tag === latest.name;
}

function nameOf({ registry, repository }: ImageReference): string {
  return registry === undefined ? repository : `${registry}/${repository}`;
}
