import type { Diagnostic } from "../errors/diagnostic.js";
import type { Version } from "../version/version.js";

/** A major number that spells a day of these centuries, with a time of day or without. */
const DAY = /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{0,6}$/u;

/**
 * What to tell a person when a dated tag such as `20240101` is the highest version of all, above
 * ordinary ones, which it always outranks; nothing when every version is a date. `ordinary` is the highest that is none.
 */
export function remarkOnDateLikeVersion(
  chosen: Version,
  ordinary: Version | undefined,
): readonly Diagnostic[] {
  if (ordinary === undefined || !isDateLike(chosen)) return [];
  const message =
    `${chosen.original} looks like a date but counts as major version ${chosen.major}, above ` +
    `${ordinary.original}; shut dates out with ignore-tags or a constraint such as <1000`;
  return [{ severity: "warning", code: "date-like-version", where: {}, message }];
}

/** Whether the major number spells a day. */
export function isDateLike({ major }: Version): boolean {
  return DAY.test(String(major));
}
