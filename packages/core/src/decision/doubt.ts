import type { Diagnostic } from "../errors/diagnostic.js";
import type { ImageReference } from "../image/image-reference.js";
import type { ImagePolicy } from "../policy/image-policy.js";
import type { TagFact } from "../ports/facts.js";
import { compareImageTimes } from "../strategy/compare-image-times.js";
import type { TagCandidate } from "../strategy/update-strategy.js";
import { compareVersions } from "../version/compare-versions.js";
import { parseVersion } from "../version/parse-version.js";
import { askStrategy } from "./ask-strategy.js";
import type { DecisionReason } from "./decision-reason.js";
import { excludedByName } from "./filter-tags.js";

/** What a choice is held against. */
export interface DoubtInput {
  readonly policy: ImagePolicy;
  readonly tags: readonly TagFact[];
  /** The containers that run the image. */
  readonly running: readonly ImageReference[];
  /** Absent where nothing was chosen. */
  readonly chosen?: TagCandidate | undefined;
}

/**
 * Why another tag than the running one may not be chosen, though every tag is known; `undefined` when
 * it may.
 *
 * A list that names a tag which is gone contradicts itself, as does a registry that refuses one tag of
 * many: where it is what runs, or would be newer than the choice, the choice may be something older.
 * What runs and cannot be used cannot be compared with the choice but by its name.
 */
export function findDoubt({
  policy,
  tags,
  running,
  chosen,
}: DoubtInput): DecisionReason | undefined {
  const doubtful: string[] = [];
  let first: Exclude<TagFact["details"], undefined> | undefined;
  for (const fact of tags) {
    const { name, details } = fact;
    if (details === undefined || !isUnusable(details)) continue;
    if (excludedByName(policy, name) !== undefined) continue;
    const runs = running.some(({ tag }) => tag === name);
    if (!isDoubtful(policy, fact, runs, chosen)) continue;
    first ??= details;
    doubtful.push(name);
  }
  if (first === undefined) return undefined;
  const text = "text" in first ? first.text : "the list of tags names it, and it is gone";
  return { code: "uncertain-tags", tags: doubtful.toSorted(), text };
}

function isUnusable({ kind }: Exclude<TagFact["details"], undefined>): boolean {
  return kind === "gone" || kind === "refused" || kind === "broken";
}

function isDoubtful(
  policy: ImagePolicy,
  fact: TagFact,
  runs: boolean,
  chosen: TagCandidate | undefined,
): boolean {
  const mayPass = fact.details?.kind === "gone" ? fact.listed !== false : fact.mayPass === true;
  if (mayPass) return runs || (chosen !== undefined && isNewer(policy, fact, chosen));
  if (!runs || chosen === undefined || fact.details?.kind === "gone") return false;
  return !isNewerName(chosen.name, fact.name);
}

/** Whether the strategy would have preferred the tag, as far as that can be told without its date. */
function isNewer(policy: ImagePolicy, { name, was }: TagFact, chosen: TagCandidate): boolean {
  if (policy.strategy.needs === "names") {
    const answer = askStrategy(policy, [{ name }, { name: chosen.name }]);
    return answer.kind === "chosen" && answer.tag.name === name;
  }
  const date = chosen.details?.created?.at;
  if (was !== undefined && date !== undefined) return compareImageTimes(was.at, date) > 0;
  return isNewerName(name, chosen.name);
}

/** By version, or by the numbers of names that are otherwise the same, as `build-12` and `build-9`. */
function isNewerName(one: string, other: string): boolean {
  const [version, otherVersion] = [parseVersion(one), parseVersion(other)];
  if (version !== undefined && otherVersion !== undefined) {
    return compareVersions(version, otherVersion) > 0;
  }
  if (one.replaceAll(/\d+/g, "#") !== other.replaceAll(/\d+/g, "#")) return false;
  const others = numbersOf(other);
  for (const [index, number] of numbersOf(one).entries()) {
    const difference = number - (others[index] ?? 0n);
    if (difference !== 0n) return difference > 0n;
  }
  return false;
}

function numbersOf(name: string): readonly bigint[] {
  return (name.match(/\d+/g) ?? []).map(BigInt);
}

/**
 * Says loudly that what runs is missing from a list of tags that should hold it: a list that flaps, or
 * was cut, makes the choice older than it should be.
 */
export function remarkOnMissingTag({
  policy,
  tags,
  running,
  chosen,
}: DoubtInput): readonly Diagnostic[] {
  // A strategy that follows one tag reads no list.
  if (policy.strategy.constraint === "only") return [];
  const wanted = new Set(running.flatMap(({ tag }) => (tag === undefined ? [] : [tag])));
  for (const { name } of tags) wanted.delete(name);
  const [missing] = wanted;
  if (missing === undefined) return [];
  const choice = chosen === undefined ? "nothing is chosen" : `"${chosen.name}" is chosen`;
  const message =
    `"${missing}" is running and is not among the ${tags.length} tag(s) that the registry lists, so ` +
    `${choice} without it; if it was not deleted, the list is not complete`;
  return [{ severity: "warning", code: "running-tag-not-listed", where: {}, message }];
}
