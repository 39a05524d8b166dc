import { summarizeError, type ErrorSummary } from "../errors/image-updater-error.js";
import type { ImageReference } from "../image/image-reference.js";
import type { ImagePolicy } from "../policy/image-policy.js";
import type { Facts, TagFact } from "../ports/facts.js";
import type { StrategyVerdict, TagCandidate } from "../strategy/update-strategy.js";
import type { TagReason } from "../tags/tag-reason.js";
import type { Decision, TagVerdict } from "./decision.js";
import type { DecisionReason } from "./decision-reason.js";
import { excludedByName } from "./filter-tags.js";
import { findRunningImage, findRunningImages, matchForDigest } from "./find-running-image.js";
import { needsUpdate } from "./needs-update.js";

/** Everything a decision depends on; nothing else is looked at. */
export interface DecisionInput {
  readonly policy: ImagePolicy;
  readonly facts: Facts;
  /** What runs now: one reference, or all of the application. Undefined or empty means not live. */
  readonly current: ImageReference | readonly ImageReference[] | undefined;
  /** The present moment; guards that look at an image's age need it. */
  readonly now: Date;
}

/**
 * Decides what an image should run: pure, the same input gives the same decision.
 *
 * A candidate that could not be read makes the decision wait: it never settles for another tag.
 */
export function decide({ policy, facts, current, now: _now }: DecisionInput): Decision {
  const live = liveImages(current);
  const running = findRunningImage(policy, live);
  if (facts.kind === "failed") {
    return {
      ...nothing("error", { code: "facts-failed", error: facts.error }),
      ...textOf(running),
    };
  }
  const assessed = dedupe(facts.tags).map((fact) => assess(policy, fact));
  const verdicts = (unsettled: TagReason): readonly TagVerdict[] =>
    assessed.map(({ fact, reason }) => ({ tag: fact.name, reason: reason ?? unsettled }));
  const settle = (outcome: Decision["outcome"], reason: DecisionReason): Decision => ({
    ...nothing(outcome, reason),
    ...textOf(running),
    tags: verdicts({ code: "undecided" }),
  });
  if (running === undefined) return settle("not-live", { code: "not-live" });
  const gap = findGap(assessed);
  if (gap !== undefined) return settle("waiting", gap);
  const candidates = assessed.flatMap(({ candidate }) =>
    candidate === undefined ? [] : [candidate],
  );
  const chosen = choose(policy, candidates);
  if (chosen.kind === "failed") {
    return settle("error", { code: "internal", error: chosen.error });
  }
  if (chosen.kind === "invalid") {
    return settle("error", { code: "invalid-settings", text: chosen.reason });
  }
  const reasonOf = strategyReasons(chosen);
  const tags = assessed.map(({ fact, reason }) => ({
    tag: fact.name,
    reason: reason ?? reasonOf(fact.name),
  }));
  if (chosen.kind === "none") {
    const reason: DecisionReason =
      candidates.length === 0
        ? { code: "no-candidates", tags: tags.length }
        : { code: "none-matches", text: chosen.reason };
    return { ...settle("no-candidate", reason), tags };
  }
  return { ...compare(policy, live, running, chosen.tag), tags, diagnostics: chosen.remarks ?? [] };
}

interface AssessedTag {
  readonly fact: TagFact;
  /** Set when the tag is no candidate. */
  readonly reason?: TagReason;
  readonly candidate?: TagCandidate;
}

function assess(policy: ImagePolicy, fact: TagFact): AssessedTag {
  const excluded = excludedByName(policy, fact.name);
  if (excluded !== undefined) return { fact, reason: excluded };
  if (policy.strategy.needs === "names") return { fact, candidate: { name: fact.name } };
  const { details } = fact;
  if (details === undefined) return { fact, reason: { code: "not-described" } };
  switch (details.kind) {
    case "image":
      return policy.strategy.requiresDate === true && details.created === undefined
        ? { fact, reason: { code: "no-date" } }
        : { fact, candidate: { name: fact.name, details } };
    case "unreadable":
      return { fact, reason: { code: "unreadable", error: details.error } };
    case "gone":
      return { fact, reason: { code: "gone" } };
    case "not-an-image":
      return { fact, reason: { code: "not-an-image", mediaType: details.mediaType } };
    case "no-platform": {
      const { available } = details;
      return { fact, reason: { code: "no-platform", wanted: policy.platforms, available } };
    }
  }
}

/** What is not known about the candidates; any gap forbids a choice. */
function findGap(assessed: readonly AssessedTag[]): DecisionReason | undefined {
  const unreadable = assessed.filter(({ reason }) => reason?.code === "unreadable");
  const first = unreadable[0]?.reason;
  if (first?.code === "unreadable") {
    const tags = unreadable.map(({ fact }) => fact.name);
    return { code: "unreadable-tags", tags, error: first.error };
  }
  const missing = assessed.filter(({ reason }) => reason?.code === "not-described");
  if (missing.length === 0) return undefined;
  return { code: "incomplete-facts", tags: missing.map(({ fact }) => fact.name) };
}

type Choice = StrategyVerdict | { readonly kind: "failed"; readonly error: ErrorSummary };

/** A consumer's strategy may throw, or name a tag that is no candidate: that ends this image only. */
function choose(policy: ImagePolicy, candidates: readonly TagCandidate[]): Choice {
  try {
    const verdict = policy.strategy.choose(candidates, { constraint: policy.constraint });
    if (verdict.kind !== "chosen") return verdict;
    const known = candidates.find((candidate) => candidate.name === verdict.tag.name);
    if (known !== undefined) return { ...verdict, tag: known };
    const message = `strategy "${policy.strategy.name}" chose "${verdict.tag.name}", which is no candidate`;
    return { kind: "failed", error: { name: "InternalError", code: "internal", message } };
  } catch (error) {
    return { kind: "failed", error: summarizeError(error) };
  }
}

function strategyReasons(
  verdict: Extract<StrategyVerdict, { kind: "chosen" | "none" }>,
): (tag: string) => TagReason {
  const named = new Map(verdict.rejected?.map(({ tag, reason }) => [tag, reason]));
  const other: TagReason =
    verdict.kind === "none"
      ? { code: "strategy", text: verdict.reason }
      : { code: "not-newest", chosen: verdict.tag.name };
  const winner = verdict.kind === "chosen" ? verdict.tag.name : undefined;
  return (tag) => (tag === winner ? { code: "chosen" } : (named.get(tag) ?? other));
}

function compare(
  policy: ImagePolicy,
  live: readonly ImageReference[],
  running: ImageReference,
  chosen: TagCandidate,
): Decision {
  const byDigest = policy.strategy.identity === "digest";
  const digest = byDigest ? chosen.details?.digest : undefined;
  const meant =
    digest === undefined
      ? running
      : (matchForDigest(findRunningImages(policy, live), chosen.name, digest) ?? running);
  const { update, reason } = needsUpdate(policy, meant, { name: chosen.name, digest });
  const labels = chosen.details?.labels;
  return {
    outcome: update ? "update" : "up-to-date",
    tag: chosen.name,
    ...(digest === undefined ? {} : { digest }),
    reason,
    ...textOf(meant),
    ...(labels === undefined ? {} : { labels }),
    tags: [],
    diagnostics: [],
  };
}

function nothing(outcome: Decision["outcome"], reason: DecisionReason): Decision {
  return { outcome, reason, tags: [], diagnostics: [] };
}

function textOf(running: ImageReference | undefined): Pick<Decision, "running"> {
  return running === undefined ? {} : { running: running.toString() };
}

function liveImages(current: DecisionInput["current"]): readonly ImageReference[] {
  if (current === undefined) return [];
  return "repository" in current ? [current] : current;
}

function dedupe(tags: readonly TagFact[]): readonly TagFact[] {
  return [...new Map(tags.map((fact) => [fact.name, fact])).values()];
}
