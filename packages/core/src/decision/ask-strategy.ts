import type { Diagnostic } from "../errors/diagnostic.js";
import { summarizeError, type ErrorSummary } from "../errors/image-updater-error.js";
import type { ImagePolicy } from "../policy/image-policy.js";
import type {
  StrategyRejection,
  StrategyVerdict,
  TagCandidate,
} from "../strategy/update-strategy.js";
import { formatTagReason } from "../tags/format-tag-reason.js";
import type { TagReason } from "../tags/tag-reason.js";

/** The strategy's own reasons by tag, made when somebody wants to read them. */
type Rejections = () => ReadonlyMap<string, TagReason>;

/** A strategy's verdict, checked: the chosen tag is one of the candidates, the reasons can be read. */
export type StrategyAnswer =
  | {
      readonly kind: "chosen";
      readonly tag: TagCandidate;
      readonly rejected: Rejections;
      readonly remarks: readonly Diagnostic[];
    }
  | {
      readonly kind: "none";
      readonly text: string;
      readonly rejected: Rejections;
    }
  | { readonly kind: "invalid"; readonly text: string }
  | { readonly kind: "failed"; readonly error: ErrorSummary };

/**
 * Lets the strategy choose; never throws.
 *
 * A consumer's strategy may throw, answer nonsense or name a tag that is not a candidate: that ends this
 * image only.
 */
export function askStrategy(
  { strategy, constraint }: ImagePolicy,
  candidates: readonly TagCandidate[],
): StrategyAnswer {
  try {
    return checkVerdict(strategy.choose([...candidates], { constraint }), candidates);
  } catch (error) {
    const { message, ...summary } = summarizeError(error);
    return { kind: "failed", error: { ...summary, message: `the strategy failed: ${message}` } };
  }
}

function checkVerdict(
  verdict: StrategyVerdict,
  candidates: readonly TagCandidate[],
): StrategyAnswer {
  switch (verdict.kind) {
    case "chosen": {
      const tag = candidates.find(({ name }) => name === verdict.tag.name);
      if (tag === undefined) throw new TypeError(`it chose "${verdict.tag.name}", no candidate`);
      const rejected = rejectionsOf(verdict);
      return { kind: "chosen", tag, rejected, remarks: (verdict.remarks ?? []).map(readRemark) };
    }
    case "none":
      return {
        kind: "none",
        text: readText(verdict.reason),
        rejected: rejectionsOf(verdict),
      };
    case "invalid":
      return { kind: "invalid", text: readText(verdict.reason) };
    default:
      throw new TypeError("it gave no verdict");
  }
}

function readText(text: string): string {
  if (typeof text === "string") return text;
  throw new TypeError("it gave no reason");
}

/** A remark whose code or text is none would break whoever prints it. */
function readRemark(remark: Diagnostic): Diagnostic {
  if (typeof remark.message === "string" && typeof remark.code === "string") return remark;
  throw new TypeError("it made a remark that is not a diagnostic");
}

/**
 * A list that is there is checked at once, so that a bug in it ends the image where it can be told. One
 * behind a getter is what a strategy does not want to make for nothing.
 */
function rejectionsOf(verdict: Extract<StrategyVerdict, { kind: "chosen" | "none" }>): Rejections {
  const isLazy = Object.getOwnPropertyDescriptor(verdict, "rejected")?.get !== undefined;
  if (isLazy) return () => unlessItFails(() => readRejections(verdict.rejected));
  const rejected = readRejections(verdict.rejected);
  return () => rejected;
}

/** The decision stands by then; its tags are then explained in general words. */
function unlessItFails(read: () => ReadonlyMap<string, TagReason>): ReadonlyMap<string, TagReason> {
  try {
    return read();
  } catch {
    return new Map();
  }
}

function readRejections(
  rejected: readonly StrategyRejection[] = [],
): ReadonlyMap<string, TagReason> {
  // Formatting fails on a reason that has no sentence, here and not where it is shown.
  for (const { reason } of rejected) formatTagReason(reason);
  return new Map(rejected.map(({ tag, reason }) => [tag, reason]));
}
