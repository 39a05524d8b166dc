import type { Diagnostic } from "../errors/diagnostic.js";
import { quoteText } from "../errors/wording.js";
import { parseVersionConstraint } from "../version/parse-version-constraint.js";
import type { StrategyContext } from "./update-strategy.js";

/** What to tell a person who wrote a constraint for a strategy that does not read it. */
export function remarkOnUnusedConstraint(
  strategy: string,
  { constraint = "" }: StrategyContext,
): readonly Diagnostic[] {
  if (constraint === "") return [];
  const message =
    `the constraint ${quoteText(constraint)} has no effect: ${strategy} takes a tag of all that ` +
    `allow-tags and ignore-tags leave; write ${adviseFor(constraint)}`;
  return [{ severity: "warning", code: "unused-constraint", where: {}, message }];
}

/** What the constraint probably meant: a range of versions, the beginnings of tags, or one tag. */
function adviseFor(constraint: string): string {
  if (parseVersionConstraint(constraint).value !== undefined) {
    return "the strategy semver for a range of versions, or allow-tags, as regexp:^v1";
  }
  if (!/^\w[\w.*-]{0,63}$/u.test(constraint)) return "allow-tags instead, as regexp:^v1";
  const expression = constraint.replaceAll(".", String.raw`\.`).replaceAll("*", ".*");
  const filter = `allow-tags: regexp:^${expression}$`;
  return constraint.includes("*") ? filter : `${filter}, or the strategy digest to follow that tag`;
}
