import { builtInStrategies } from "./built-in-strategies.js";
import { semverStrategy } from "./semver-strategy.js";
import type { UpdateStrategy } from "./update-strategy.js";

/** The strategy a word stands for, and what is worth a warning about the word. */
export interface FoundStrategy {
  readonly strategy: UpdateStrategy;
  /** The word, when it is an old name of the strategy. */
  readonly deprecatedName?: string | undefined;
  /** The word, when no strategy has that name and the default stands in. */
  readonly unknownName?: string | undefined;
}

/**
 * Looks a strategy up by the word of `update-strategy`, in any case but not trimmed.
 *
 * Built-in names win over those of `strategies`; an unknown or empty word gives semver, as in Argo CD
 * Image Updater.
 */
export function findStrategy(
  text: string,
  strategies: readonly UpdateStrategy[] = [],
): FoundStrategy {
  const word = text.toLowerCase();
  for (const strategy of [...builtInStrategies, ...strategies]) {
    if (strategy.name.toLowerCase() === word) return { strategy };
    const oldNames = strategy.deprecatedNames ?? [];
    if (oldNames.some((name) => name.toLowerCase() === word)) {
      return { strategy, deprecatedName: text };
    }
  }
  return { strategy: semverStrategy, unknownName: text };
}
