import type { Diagnostic } from "../errors/diagnostic.js";
import type { Version } from "../version/version.js";

/** A major number that spells a day of these centuries, with a time of day or without. */
const DAY = /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{0,6}$/u;

/** A tag of nothing but digits: a build number, or a commit id that happens to have no letter. */
const NUMBER = /^v?\d{4,}$/u;

/**
 * What to tell a person when a dated tag such as `20240101`, or a bare number such as `4815162342`, is
 * the highest version of all, above ordinary ones, which it always outranks. `ordinary` is the highest
 * version that is not of that kind; nothing is said where there is none.
 */
export function remarkOnHighVersion(
  chosen: Version,
  ordinary: Version | undefined,
): readonly Diagnostic[] {
  if (ordinary === undefined || !isOutOfScale(chosen)) return [];
  const looks = isDateLike(chosen) ? "looks like a date" : "is a bare number";
  const message =
    `${chosen.original} ${looks} but counts as major version ${chosen.major}, above ` +
    `${ordinary.original}; shut such tags out with a constraint such as <1000, or with allow-tags, ` +
    String.raw`as regexp:^v?\d+\.`;
  const code = isDateLike(chosen) ? "date-like-version" : "number-like-version";
  return [{ severity: "warning", code, where: {}, message }];
}

/** Whether a version is a date or a bare number, which cannot be compared with ordinary versions. */
export function isOutOfScale(version: Version): boolean {
  return isDateLike(version) || NUMBER.test(version.original);
}

function isDateLike({ major }: Version): boolean {
  return DAY.test(String(major));
}
