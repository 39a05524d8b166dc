const SECONDS_PER_UNIT: ReadonlyMap<string, number> = new Map([
  ["ns", 1e-9],
  ["us", 1e-6],
  ["µs", 1e-6],
  ["μs", 1e-6],
  ["ms", 1e-3],
  ["s", 1],
  ["m", 60],
  ["h", 3600],
]);

const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;

/**
 * Seconds of a duration in Go's notation (`1h30m`, `1.5h`, `300ms`), `undefined` for other text.
 *
 * @see https://pkg.go.dev/time#ParseDuration
 */
export function parseGoDuration(text: string): number | undefined {
  const [, sign = "", amount = ""] = /^([-+]?)(.*)$/s.exec(text) ?? [];
  if (amount === "0") return 0;
  let position = 0;
  let seconds = 0;
  while (position < amount.length) {
    PART.lastIndex = position;
    const [part, count, unit] = PART.exec(amount) ?? [];
    if (part === undefined || unit === undefined) return undefined;
    seconds += Number(count) * (SECONDS_PER_UNIT.get(unit) ?? 0);
    position += part.length;
  }
  if (position === 0) return undefined;
  return sign === "-" ? -seconds : seconds;
}
