import type {
  StrategyContext,
  StrategyVerdict,
  TagCandidate,
  UpdateStrategy,
} from "../../src/strategy/update-strategy.js";

/** Candidates that were not described. */
export function named(...names: readonly string[]): readonly TagCandidate[] {
  return names.map((name) => ({ name }));
}

/** A candidate whose image was built at a time. */
export function built(name: string, at: string, source = "image-config"): TagCandidate {
  const digest = `sha256:${"0".repeat(64)}`;
  const created = { at, source };
  return { name, details: { kind: "image", digest, created, labels: {}, platforms: [] } };
}

/** The name a strategy chooses, or the kind of its verdict. */
export function chosenBy(
  strategy: UpdateStrategy,
  candidates: readonly TagCandidate[],
  constraint?: string,
): string {
  const verdict = strategy.choose(candidates, { constraint });
  return verdict.kind === "chosen" ? verdict.tag.name : `(${verdict.kind})`;
}

/** The rejections of a strategy, as `name: code`. */
export function rejectionsOf(
  strategy: UpdateStrategy,
  candidates: readonly TagCandidate[],
  context: StrategyContext,
): readonly string[] {
  const verdict: StrategyVerdict = strategy.choose(candidates, context);
  const rejected = verdict.kind === "invalid" ? [] : (verdict.rejected ?? []);
  return rejected.map(({ tag, reason }) => `${tag}: ${reason.code}`);
}
