import { parseImageTime } from "./parse-image-time.js";

/**
 * Orders two RFC 3339 times by the instant they name, to the nanosecond and across offsets.
 *
 * A text that is no time comes before every time.
 */
export function compareImageTimes(left: string, right: string): -1 | 0 | 1 {
  const leftInstant = parseImageTime(left);
  const rightInstant = parseImageTime(right);
  if (leftInstant === rightInstant) return 0;
  if (leftInstant === undefined) return -1;
  if (rightInstant === undefined) return 1;
  return leftInstant < rightInstant ? -1 : 1;
}
