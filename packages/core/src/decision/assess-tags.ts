import type { ImagePolicy } from "../policy/image-policy.js";
import type { TagFact } from "../ports/facts.js";
import type { TagCandidate } from "../strategy/update-strategy.js";
import { compareTagNames } from "../tags/compare-tag-names.js";
import type { TagReason } from "../tags/tag-reason.js";
import type { DecisionReason } from "./decision-reason.js";
import { excludedByName } from "./filter-tags.js";

/** A tag with the first thing that keeps it from being chosen, or as a candidate. */
export type AssessedTag =
  | { readonly name: string; readonly reason: TagReason }
  | { readonly name: string; readonly candidate: TagCandidate };

/**
 * Says of each tag whether it is a candidate: each name once, in byte order, so that neither the
 * order of the list nor a tag that is listed twice makes a difference.
 */
export function assessTags(policy: ImagePolicy, tags: readonly TagFact[]): readonly AssessedTag[] {
  const byName = new Map<string, TagFact[]>();
  for (const fact of tags) {
    const known = byName.get(fact.name);
    if (known === undefined) byName.set(fact.name, [fact]);
    else known.push(fact);
  }
  return [...byName]
    .toSorted(([left], [right]) => compareTagNames(left, right))
    .map(([name, facts]) => assess(policy, name, mergeDetails(facts)));
}

/** What is not known about the candidates; any gap forbids a choice. */
export function findGap(assessed: readonly AssessedTag[]): DecisionReason | undefined {
  const unreadable: string[] = [];
  const missing: string[] = [];
  let firstError;
  for (const tag of assessed) {
    if (!("reason" in tag)) continue;
    if (tag.reason.code === "not-described") missing.push(tag.name);
    if (tag.reason.code !== "unreadable") continue;
    firstError ??= tag.reason.error;
    unreadable.push(tag.name);
  }
  if (firstError !== undefined) {
    return { code: "unreadable-tags", tags: unreadable, error: firstError };
  }
  return missing.length === 0 ? undefined : { code: "incomplete-facts", tags: missing };
}

type Details = TagFact["details"];

/** Facts that contradict each other are no facts: the tag then counts as unreadable. */
function mergeDetails(facts: readonly TagFact[]): Details {
  const known = new Map<string, Exclude<Details, undefined>>();
  for (const { details } of facts) {
    if (details !== undefined) known.set(JSON.stringify(details), details);
  }
  const [first, ...others] = [...known].toSorted(([left], [right]) => compareTagNames(left, right));
  if (first === undefined || others.length === 0) return first?.[1];
  const unreadable = [...known.values()].find(({ kind }) => kind === "unreadable");
  if (unreadable !== undefined) return unreadable;
  const message = "the facts about the tag contradict each other";
  return { kind: "unreadable", error: { name: "InternalError", code: "internal", message } };
}

function assess(policy: ImagePolicy, name: string, details: Details): AssessedTag {
  const excluded = excludedByName(policy, name);
  if (excluded !== undefined) return { name, reason: excluded };
  if (details?.kind === "unreadable") {
    return { name, reason: { code: "unreadable", error: details.error } };
  }
  if (details?.kind === "gone") return { name, reason: { code: "gone" } };
  const { needs, identity } = policy.strategy;
  // Platforms and media types do not matter to a strategy that looks at names, as upstream has it.
  if (needs === "names" && identity === "tag") return { name, candidate: { name } };
  if (details === undefined) return { name, reason: { code: "not-described" } };
  return assessDetails(policy, name, details);
}

function assessDetails(
  { strategy, platforms }: ImagePolicy,
  name: string,
  details: Exclude<Details, undefined | { kind: "unreadable" | "gone" }>,
): AssessedTag {
  if (details.kind === "not-an-image") {
    return { name, reason: { code: "not-an-image", mediaType: details.mediaType } };
  }
  if (details.kind === "no-platform") {
    const { available } = details;
    return { name, reason: { code: "no-platform", wanted: platforms, available } };
  }
  if (strategy.identity === "digest" && details.digest === "") {
    return { name, reason: { code: "not-described" } };
  }
  if (strategy.requiresDate === true && details.created === undefined) {
    return { name, reason: { code: "no-date" } };
  }
  return { name, candidate: { name, details } };
}
