import type { ImageReference } from "../image/image-reference.js";
import { fullName } from "../image/image-names.js";
import { sameImage } from "../image/same-image.js";
import type { Diagnostic } from "../errors/diagnostic.js";
import type { ImagePolicy } from "../policy/image-policy.js";
import type { Facts } from "../ports/facts.js";
import type { TagCandidate } from "../strategy/update-strategy.js";
import type { TagReason } from "../tags/tag-reason.js";
import { askStrategy } from "./ask-strategy.js";
import { assessTags, type AssessedTags } from "./assess-tags.js";
import { amendDecision, withTags, type Decision, type TagVerdict } from "./decision.js";
import type { DecisionReason } from "./decision-reason.js";
import { notLive } from "./not-live.js";
import { findRunningImage, findRunningImages, matchForDigest } from "./find-running-image.js";
import { findDoubt, remarkOnMissingTag } from "./doubt.js";
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
 * Decides what an image should run: pure, the same input gives the same decision, in whatever order
 * the tags are listed. Never throws, whatever the strategy does.
 *
 * An image that is not live is left alone before anything else is looked at. A candidate that could
 * not be read makes the decision wait: it never settles for another tag.
 */
export function decide({ policy, facts, current, now: _now }: DecisionInput): Decision {
  const live = liveImages(current);
  const running = findRunningImage(policy, live);
  const assessed = assessTags(policy, facts.kind === "tags" ? facts.tags : []);
  const settle = (
    outcome: Decision["outcome"],
    reason: DecisionReason,
    tags = (): readonly TagVerdict[] => assessed.explain(() => ({ code: "undecided" })),
  ): Decision => withTags({ outcome, reason, ...textOf(running), diagnostics: [] }, tags);
  if (running === undefined) return settle("not-live", notLive(policy, live));
  if (facts.kind === "failed") return settle("error", { code: "facts-failed", error: facts.error });
  const { candidates, gap } = assessed;
  const own = findRunningImages(policy, live).filter((image) => sameImage(image, policy.image));
  const held = { policy, tags: assessed.facts, running: own };
  if (gap !== undefined) return settle("waiting", gap);
  const answer = askStrategy(policy, candidates);
  switch (answer.kind) {
    case "failed":
      return settle("error", { code: "internal", error: answer.error });
    case "invalid":
      return settle("error", { code: "invalid-settings", text: answer.text });
    case "none": {
      const missing = about(policy, remarkOnMissingTag(held));
      const doubt = findDoubt(held);
      if (doubt !== undefined) {
        return amendDecision(settle("waiting", doubt), { diagnostics: missing });
      }
      const none = settle("no-candidate", whyNone(assessed, answer.text), () =>
        explain(assessed, answer, { code: "strategy", text: answer.text }),
      );
      return amendDecision(none, { diagnostics: missing });
    }
    case "chosen": {
      const { tag, remarks } = answer;
      const decision = compare(policy, live, running, tag);
      const missing = remarkOnMissingTag({ ...held, chosen: tag });
      const doubt = decision.outcome === "update" ? findDoubt({ ...held, chosen: tag }) : undefined;
      if (doubt !== undefined) {
        const diagnostics = about(policy, missing);
        return amendDecision(settle("waiting", doubt), { diagnostics });
      }
      return withTags({ ...decision, diagnostics: about(policy, [...remarks, ...missing]) }, () =>
        explain(assessed, answer, { code: "not-newest", chosen: tag.name }, tag.name),
      );
    }
  }
}

/** Every tag once: excluded ones with their reason, candidates with the strategy's or else `other`. */
function explain(
  assessed: AssessedTags,
  answer: { readonly rejected: () => ReadonlyMap<string, TagReason> },
  other: TagReason,
  chosen?: string,
): readonly TagVerdict[] {
  const rejected = answer.rejected();
  return assessed.explain((name) =>
    name === chosen ? { code: "chosen" } : (rejected.get(name) ?? other),
  );
}

function whyNone({ candidates, facts }: AssessedTags, text: string): DecisionReason {
  return candidates.length === 0
    ? { code: "no-candidates", tags: facts.length }
    : { code: "none-matches", text };
}

function compare(
  policy: ImagePolicy,
  live: readonly ImageReference[],
  running: ImageReference,
  chosen: TagCandidate,
): Omit<Decision, "tags" | "diagnostics"> {
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
  };
}

function about({ alias, image }: ImagePolicy, found: readonly Diagnostic[]): readonly Diagnostic[] {
  return found.map((diagnostic) => ({
    ...diagnostic,
    where: { image: alias ?? fullName(image), ...diagnostic.where },
  }));
}

function textOf(running: ImageReference | undefined): Pick<Decision, "running"> {
  return running === undefined ? {} : { running: running.toString() };
}

function liveImages(current: DecisionInput["current"]): readonly ImageReference[] {
  if (current === undefined) return [];
  return "repository" in current ? [current] : current;
}
