const TIMESTAMP =
  /^(?<seconds>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[.,](?<fraction>\d+))?(?:Z|(?<sign>[+-])(?<hours>\d\d):(?<minutes>\d\d))$/u;

/**
 * Nanoseconds since 1970 of an RFC 3339 time, `undefined` when the text is none.
 *
 * Offsets and years down to 0000 are read; a fraction counts to nine digits and may follow a comma, as
 * in Go. A day or an hour that does not exist is refused, and so is a leap second.
 */
export function parseImageTime(text: string): bigint | undefined {
  const groups = TIMESTAMP.exec(text)?.groups;
  const seconds = groups?.["seconds"];
  if (groups === undefined || seconds === undefined) return undefined;
  const milliseconds = Date.parse(`${seconds}Z`);
  if (Number.isNaN(milliseconds)) return undefined;
  // Dates such as February 30th roll over instead of failing.
  if (!new Date(milliseconds).toISOString().startsWith(seconds)) return undefined;
  const offset = parseOffset(groups);
  if (offset === undefined) return undefined;
  const fraction = BigInt((groups["fraction"] ?? "").slice(0, 9).padEnd(9, "0"));
  return BigInt(milliseconds - offset) * 1_000_000n + fraction;
}

/** The offset from UTC in milliseconds. */
function parseOffset(groups: Readonly<Record<string, string | undefined>>): number | undefined {
  const hours = Number(groups["hours"] ?? "0");
  const minutes = Number(groups["minutes"] ?? "0");
  if (hours > 24 || minutes > 59) return undefined;
  return (groups["sign"] === "-" ? -60_000 : 60_000) * (hours * 60 + minutes);
}
