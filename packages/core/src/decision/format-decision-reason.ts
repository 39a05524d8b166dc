import type { DecisionReason } from "./decision-reason.js";

/** The sentence a person reads. */
export function formatDecisionReason(reason: DecisionReason): string {
  switch (reason.code) {
    case "other-tag":
      return reason.from === ""
        ? `no tag is running, "${reason.to}" is newest`
        : `"${reason.from}" is running, "${reason.to}" is newest`;
    case "other-digest":
      return `the tag points to ${reason.to}${reason.from === "" ? "" : `, ${reason.from} is running`}`;
    case "other-name":
      return `${reason.from} is running, ${reason.to} is configured`;
    case "same-tag":
      return `"${reason.tag}" is running and newest`;
    case "same-digest":
      return `${reason.digest} is running and current`;
    case "no-candidates":
      return reason.tags === 0
        ? "the repository has no tags"
        : `none of ${reason.tags} tag(s) is a candidate`;
    case "none-matches":
      return reason.text;
    case "not-live":
      return reason.meant === undefined
        ? "no running container uses the image"
        : `no running container uses the image, but one uses ${reason.meant}; names are compared as they are written: if that one is meant, write ${reason.meant}`;
    case "invalid-settings":
      return reason.text;
    case "facts-failed":
      return reason.error.message;
    case "unreadable-tags":
      return `${reason.tags.length} candidate(s) could not be read (${reason.tags[0] ?? ""}: ${reason.error.message}); nothing is decided. ${excludeBy(reason.tags)}`;
    case "incomplete-facts":
      return `${reason.tags.length} candidate(s) were not described (${reason.tags[0] ?? ""}); nothing is decided`;
    case "internal":
      return `internal error: ${reason.error.message}`;
    case "uncertain-tags":
      return `${reason.tags.length} tag(s) that run or may be newer than the choice cannot be relied on (${reason.tags[0] ?? ""}: ${reason.text}); nothing is decided. ${excludeBy(reason.tags)}`;
    case "already-in-spec":
      return `${reason.image} already stands in the Application's spec`;
    case "foreign-secret-namespace":
      return `${reason.reference} is in another namespace than the Application; secrets are read from its own only`;
    case "credentials-not-allowed":
      return `${reason.reference} runs a program or reads the environment of the controller, which Applications of the namespace "${reason.namespace}" may not; write it in registries.conf, or add the namespace to the setting trustedNamespaces`;
    case "verification-unavailable":
      return `${reason.image} must be verified by its signature, which this version cannot do; nothing is updated unverified`;
    case "shared-place":
      return `nothing is written: ${describeSharedPlace(reason)}`;
    case "no-effect":
      return reason.text;
    case "not-deployed":
      return `${reason.image} is written, and Argo CD is Synced and Healthy without running it; if it stays so after Argo CD's next look at Git (three minutes by default), something hides what was written`;
  }
}

/** What ends a wait for tags that stay as they are. */
function excludeBy(tags: readonly string[]): string {
  const shown = tags.slice(0, MOST_SHOWN).join(", ");
  const more = tags.length > MOST_SHOWN ? ", …" : "";
  return `If that lasts, exclude ${tags.length === 1 ? "it" : "them"} with ignore-tags: ${shown}${more}`;
}

const MOST_SHOWN = 5;

/** What images that are written to one place have to do about it. */
export function describeSharedPlace(
  reason: Extract<DecisionReason, { readonly code: "shared-place" }>,
): string {
  const { images, isMore, places, settings, unused } = reason;
  const names = [...images, ...(isMore ? ["others"] : [])].join(", ");
  const many = images.length > 1;
  const problem = many
    ? `${names} would all be written to ${places.join(", ")}, where the last one would win`
    : `${names} would be written to ${places.join(", ")} twice, with different values`;
  const advice = `set ${settings.join(", ")} ${many ? "of each image " : ""}to places of their own`;
  const hint = `; ${unused.join(", ")} has no effect, since no image of image-list has that alias`;
  return `${problem}; ${advice}${unused.length === 0 ? "" : hint}`;
}
