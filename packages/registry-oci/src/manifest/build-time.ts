const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.(\d+))?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/** A build time that can be compared. */
export interface BuildTime {
  /** RFC 3339, as the image says it. */
  readonly at: string;
  readonly seconds: number;
  /** The fraction of the second, up to nanoseconds. */
  readonly nanoseconds: number;
}

/**
 * Reads the `created` of an image config; `undefined` for what is not an RFC 3339 time.
 *
 * The dates of reproducible builds, 1970 or the year 1, are dates.
 */
export function parseBuildTime(created: unknown): BuildTime | undefined {
  if (typeof created !== "string") return undefined;
  const match = RFC_3339.exec(created);
  if (match === null) return undefined;
  const [, fraction = ""] = match;
  const milliseconds = Date.parse(created.replace(/\.\d+/, "").toUpperCase());
  if (Number.isNaN(milliseconds)) return undefined;
  const nanoseconds = Number(fraction.slice(0, 9).padEnd(9, "0"));
  return { at: created, seconds: milliseconds / 1000, nanoseconds };
}

/** Negative when `one` is earlier. */
export function compareBuildTimes(one: BuildTime, other: BuildTime): number {
  return one.seconds - other.seconds || one.nanoseconds - other.nanoseconds;
}
