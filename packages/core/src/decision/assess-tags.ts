import type { ImagePolicy } from "../policy/image-policy.js";
import type { ErrorSummary } from "../errors/image-updater-error.js";
import type { TagFact } from "../ports/facts.js";
import type { TagCandidate } from "../strategy/update-strategy.js";
import { compareImageTimes } from "../strategy/compare-image-times.js";
import { compareTagNames } from "../tags/compare-tag-names.js";
import type { TagReason } from "../tags/tag-reason.js";
import type { TagVerdict } from "./decision.js";
import type { DecisionReason } from "./decision-reason.js";
import { excludedByName } from "./filter-tags.js";

/** What was thought of all tags of a repository, each name once. */
export interface AssessedTags {
  /** What is known of each. */
  readonly facts: readonly TagFact[];
  /** Those that may be chosen, in byte order. */
  readonly candidates: readonly TagCandidate[];
  /** What is not known about the candidates; any gap forbids a choice. */
  readonly gap: DecisionReason | undefined;
  /**
   * Every tag in byte order with the first thing that keeps it from being chosen; a candidate gets what
   * `ofCandidate` says. Made anew each time: of a million tags hardly anybody asks about all.
   */
  explain(ofCandidate: (name: string) => TagReason): readonly TagVerdict[];
}

/**
 * Says of each tag whether it is a candidate: each name once, in byte order, so that neither the
 * order of the list nor a tag that is listed twice makes a difference.
 */
export function assessTags(policy: ImagePolicy, tags: readonly TagFact[]): AssessedTags {
  const facts = eachOnce(tags);
  const candidates: TagCandidate[] = [];
  const gaps = createGaps();
  for (const fact of facts) {
    const assessed = assess(policy, fact);
    if ("candidate" in assessed) candidates.push(assessed.candidate);
    else gaps.add(fact.name, assessed.reason);
  }
  return {
    facts,
    candidates,
    gap: gaps.found(),
    explain: (ofCandidate) =>
      facts.map((fact) => {
        const assessed = assess(policy, fact);
        const reason = "reason" in assessed ? assessed.reason : ofCandidate(fact.name);
        return { tag: fact.name, reason };
      }),
  };
}

interface Gaps {
  add(tag: string, reason: TagReason): void;
  found(): DecisionReason | undefined;
}

function createGaps(): Gaps {
  const unreadable: string[] = [];
  const missing: string[] = [];
  let firstError: ErrorSummary | undefined;
  return {
    add(tag, reason): void {
      if (reason.code === "not-described") missing.push(tag);
      if (reason.code !== "unreadable") return;
      firstError ??= reason.error;
      unreadable.push(tag);
    },
    found(): DecisionReason | undefined {
      if (firstError !== undefined) {
        return { code: "unreadable-tags", tags: unreadable, error: firstError };
      }
      return missing.length === 0 ? undefined : { code: "incomplete-facts", tags: missing };
    },
  };
}

/** The facts in byte order, those of one name put together. */
function eachOnce(tags: readonly TagFact[]): readonly TagFact[] {
  const sorted = tags.toSorted((left, right) => compareTagNames(left.name, right.name));
  const isRepeated = sorted.some(({ name }, index) => name === sorted[index + 1]?.name);
  if (!isRepeated) return sorted;
  const byName = new Map<string, [TagFact, ...TagFact[]]>();
  for (const fact of sorted) {
    const known = byName.get(fact.name);
    if (known === undefined) byName.set(fact.name, [fact]);
    else known.push(fact);
  }
  return [...byName.values()].map(mergeFacts);
}

function mergeFacts([first, ...others]: readonly [TagFact, ...TagFact[]]): TagFact {
  if (others.length === 0) return first;
  const facts = [first, ...others];
  const details = mergeDetails(facts);
  const [was] = facts
    .flatMap((fact) => (fact.was === undefined ? [] : [fact.was]))
    .toSorted((left, right) => compareImageTimes(right.at, left.at));
  return {
    name: first.name,
    ...(details === undefined ? {} : { details }),
    ...(facts.every(({ listed }) => listed === false) ? { listed: false } : {}),
    ...(facts.some(({ mayPass }) => mayPass === true) ? { mayPass: true } : {}),
    ...(was === undefined ? {} : { was }),
  };
}

type Details = TagFact["details"];

/** Facts that contradict each other are not facts: the tag then counts as unreadable. */
function mergeDetails(facts: readonly TagFact[]): Details {
  const known = new Map<string, Exclude<Details, undefined>>();
  for (const { details } of facts) {
    if (details !== undefined) known.set(JSON.stringify(details), details);
  }
  const sorted = [...known].toSorted(([left], [right]) => compareTagNames(left, right));
  const [first, ...others] = sorted;
  if (first === undefined || others.length === 0) return first?.[1];
  const unreadable = sorted.find(([, { kind }]) => kind === "unreadable");
  if (unreadable !== undefined) return unreadable[1];
  const message = "the facts about the tag contradict each other";
  return { kind: "unreadable", error: { name: "InternalError", code: "internal", message } };
}

type Assessed = { readonly reason: TagReason } | { readonly candidate: TagCandidate };

function assess(policy: ImagePolicy, fact: TagFact): Assessed {
  const { name, details } = fact;
  const excluded = excludedByName(policy, name);
  if (excluded !== undefined) return { reason: excluded };
  if (details?.kind === "unreadable") {
    return { reason: { code: "unreadable", error: details.error } };
  }
  if (details?.kind === "gone") return { reason: { code: "gone" } };
  if (details?.kind === "refused" || details?.kind === "broken") {
    return { reason: { code: details.kind, text: details.text } };
  }
  const { needs, identity } = policy.strategy;
  // Platforms and media types do not matter to a strategy that looks at names, as upstream has it.
  if (needs === "names" && identity === "tag") return { candidate: { name } };
  if (details === undefined) return { reason: { code: "not-described" } };
  return assessDetails(policy, name, details);
}

function assessDetails(
  { strategy, platforms }: ImagePolicy,
  name: string,
  details: Exclude<Details, undefined | { kind: "unreadable" | "gone" | "refused" | "broken" }>,
): Assessed {
  if (details.kind === "not-an-image") {
    return { reason: { code: "not-an-image", mediaType: details.mediaType } };
  }
  if (details.kind === "no-platform") {
    const { available } = details;
    return { reason: { code: "no-platform", wanted: platforms, available } };
  }
  if (strategy.identity === "digest" && details.digest === "") {
    return { reason: { code: "not-described" } };
  }
  if (strategy.requiresDate === true && details.created === undefined) {
    return { reason: { code: "no-date" } };
  }
  return { candidate: { name, details } };
}
