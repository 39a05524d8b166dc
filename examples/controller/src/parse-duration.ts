import { parseGoDuration } from "@image-updater/core";

/** Milliseconds of a duration as Go writes it (`2m`, `1h30m`, `-1s`, `0`); undefined for other text. */
export function parseDuration(text: string): number | undefined {
  const seconds = parseGoDuration(text);
  return seconds === undefined ? undefined : Math.round(seconds * 1000);
}
