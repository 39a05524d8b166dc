import type { Diagnostic } from "../errors/diagnostic.js";
import { summarizeError } from "../errors/image-updater-error.js";
import { didYouMean, quoteText } from "../errors/wording.js";
import { builtInStrategies } from "../strategy/built-in-strategies.js";
import { findStrategy } from "../strategy/find-strategy.js";
import { semverStrategy } from "../strategy/semver-strategy.js";
import type { UpdateStrategy } from "../strategy/update-strategy.js";

/** The strategy of an image, and what is worth saying about the word that asked for it. */
export interface ChosenStrategy {
  readonly strategy: UpdateStrategy;
  /** The word, when no known strategy has that name. */
  readonly unknown?: string | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The strategy that the word of `update-strategy` asks for; semver without one.
 *
 * An unknown word gives semver with a warning, as in Argo CD Image Updater; `strict` makes that
 * diagnostic an error. Whoever updates may be given a strategy that whoever reads was not: the message
 * says what happens otherwise.
 */
export function chooseStrategy(
  text: string | undefined,
  strategies: readonly UpdateStrategy[],
  strict: boolean,
): ChosenStrategy {
  if (text === undefined) return { strategy: semverStrategy, diagnostics: [] };
  const { strategy, unknownName, deprecatedName } = findStrategy(text, strategies);
  const where = { offset: 0, length: text.length };
  if (unknownName !== undefined) {
    const known = [...builtInStrategies, ...strategies].map(({ name }) => name);
    const outcome = strict ? "the image is not updated" : `${strategy.name} is used in its place`;
    const unless = "unless the updater is given a strategy of that name";
    const right = `known ones are ${known.join(", ")}${didYouMean(text, known)}`;
    const message = `unknown update strategy ${quoteText(text)}; ${outcome} ${unless}; ${right}`;
    const severity = strict ? "error" : "warning";
    const diagnostic: Diagnostic = { severity, code: "unknown-strategy", where, message };
    return { strategy, unknown: text, diagnostics: [diagnostic] };
  }
  if (deprecatedName === undefined) return { strategy, diagnostics: [] };
  const message = `update strategy "${text}" is deprecated; write "${strategy.name}"`;
  const diagnostic: Diagnostic = { severity: "warning", code: "deprecated-value", where, message };
  return { strategy, diagnostics: [diagnostic] };
}

/** What the strategy says about the constraint; a strategy that fails at that is reported, not thrown. */
export function inspectConstraint(
  strategy: UpdateStrategy,
  constraint: string | undefined,
): readonly Diagnostic[] {
  try {
    return [...(strategy.inspect?.({ constraint }) ?? [])];
  } catch (error) {
    const message = `strategy "${strategy.name}" failed on the constraint: ${summarizeError(error).message}`;
    return [{ severity: "error", code: "strategy-failed", where: {}, message }];
  }
}
