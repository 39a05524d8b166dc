import type { Diagnostic } from "../errors/diagnostic.js";
import type { TagReason } from "../tags/tag-reason.js";
import type { DecisionReason } from "./decision-reason.js";

/**
 * What became of an image.
 *
 * How each counts in a report: `update` considered and updated; `up-to-date` considered;
 * `no-candidate` considered and skipped; `not-live` skipped; `error` considered and an error;
 * `waiting` considered and an error, because a read failed; `held` and `blocked` considered and skipped;
 * `not-deployed`, for what is written but does not run although Argo CD is done, considered.
 */
export type Outcome =
  | "update"
  | "up-to-date"
  | "no-candidate"
  | "not-live"
  | "error"
  | "waiting"
  | "held"
  | "blocked"
  | "not-deployed";

/** What was thought of one tag. */
export interface TagVerdict {
  readonly tag: string;
  readonly reason: TagReason;
}

/** The decision about one image. Plain JSON. */
export interface Decision {
  readonly outcome: Outcome;
  /** The chosen tag; set for `update` and `up-to-date`. */
  readonly tag?: string | undefined;
  /** Its digest, where the strategy follows digests. */
  readonly digest?: string | undefined;
  readonly reason: DecisionReason;
  /** The running reference the decision was held against, as text. */
  readonly running?: string | undefined;
  /** Labels of the chosen image, where they were read. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /**
   * Every tag of the repository, each once, with what was thought of it. Made when it is first read.
   */
  readonly tags: readonly TagVerdict[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The decision with verdicts that are made when somebody reads them, which is what JSON does, too. */
export function withTags(
  decision: Omit<Decision, "tags">,
  explain: () => readonly TagVerdict[],
): Decision {
  let tags: readonly TagVerdict[] | undefined;
  return {
    ...decision,
    get tags(): readonly TagVerdict[] {
      return (tags ??= explain());
    },
  };
}

/** The decision with other members; copying it as such would make all of its verdicts. */
export function amendDecision(
  decision: Decision,
  changes: Partial<Omit<Decision, "tags">>,
): Decision {
  const { outcome, reason, diagnostics } = decision;
  const amended: Decision = { outcome, reason, diagnostics, tags: [] };
  Object.defineProperties(amended, Object.getOwnPropertyDescriptors(decision));
  return Object.assign(amended, changes);
}
