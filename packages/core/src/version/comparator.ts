import type { PrefixLength } from "./compare-versions.js";
import type { Version } from "./version.js";

/** How a comparator relates a version to its bound; aliases such as `=>` are already resolved. */
export type ComparatorOperator = "=" | "!=" | ">" | "<" | ">=" | "<=" | "~" | "^";

/** One term of a constraint: `>=1.2`, `~1.x`, `2.0.0`. */
export interface Comparator {
  readonly operator: ComparatorOperator;
  /** The version written, with 0 for every part that was left open. */
  readonly bound: Version;
  /** How many leading numbers were written: 0 for `*`, 1 for `1.x`, 2 for `1.2`, 3 for `1.2.3`. */
  readonly fixed: PrefixLength;
}
