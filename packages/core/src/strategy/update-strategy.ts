import type { Diagnostic } from "../errors/diagnostic.js";
import type { DescribedImage } from "../ports/registry-client.js";
import type { TagReason } from "../tags/tag-reason.js";

/** A tag that passed the filters. `details` is present when the strategy asked for it. */
export interface TagCandidate {
  readonly name: string;
  readonly details?: DescribedImage | undefined;
}

/** What a strategy is told about the image besides the candidates. */
export interface StrategyContext {
  /** The constraint written after the colon in `image-list`, e.g. `1.x`. */
  readonly constraint: string | undefined;
}

/** A candidate the strategy turned down for a reason of its own. */
export interface StrategyRejection {
  readonly tag: string;
  readonly reason: TagReason;
}

/**
 * A verdict, with the reasons a person will read. Candidates it does not name are "not the newest".
 *
 * `rejected` may be a getter: of many tags the reasons are seldom read.
 */
export type StrategyVerdict =
  | {
      readonly kind: "chosen";
      readonly tag: TagCandidate;
      readonly rejected?: readonly StrategyRejection[] | undefined;
      /** What a person should know about this choice. */
      readonly remarks?: readonly Diagnostic[] | undefined;
    }
  | {
      /** Nothing matches: the image is skipped. */
      readonly kind: "none";
      readonly reason: string;
      readonly rejected?: readonly StrategyRejection[] | undefined;
    }
  | {
      /** The settings make no sense for this strategy: the image is an error. */
      readonly kind: "invalid";
      readonly reason: string;
    };

/**
 * Picks the tag an image should run.
 *
 * A strategy is a value, not a subclass: what it needs is data on it, so that nothing else in
 * the code ever asks for a strategy by its name. `choose` is pure, and its answer does not depend on
 * the order of the candidates.
 */
export interface UpdateStrategy {
  /** The word for `update-strategy`, in lower case. */
  readonly name: string;
  /** Other words that mean this strategy; using one gives a deprecation warning. */
  readonly deprecatedNames?: readonly string[] | undefined;
  /** `"details"` makes the updater fetch digest and build date of every candidate. */
  readonly needs: "names" | "details";
  /** `"only"` means the constraint names the one tag to follow. */
  readonly constraint: "optional" | "only";
  /** What makes a chosen tag the one that already runs: its name, or what it points to. */
  readonly identity: "tag" | "digest";
  /** Whether a candidate without a build date cannot be judged. Default `false`. */
  readonly requiresDate?: boolean | undefined;
  /** What a person should know about these settings, before any tag is read. */
  inspect?(context: StrategyContext): readonly Diagnostic[];
  choose(candidates: readonly TagCandidate[], context: StrategyContext): StrategyVerdict;
}
