const MILLISECONDS: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1_000],
  ["m", 60_000],
  ["h", 3_600_000],
]);

/** Milliseconds of a duration as Go writes it (`2m`, `1h30m`, `-1s`, `0`); undefined for other text. */
export function parseDuration(text: string): number | undefined {
  const [, sign = "", amount = ""] = /^([-+]?)(.+)$/su.exec(text) ?? [];
  if (amount === "0") return 0;
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/u.test(amount)) return undefined;
  const parts = [...amount.matchAll(/(?<count>[\d.]+)(?<unit>[a-z]+)/gu)];
  const total = parts.reduce(
    (sum, { groups }) =>
      sum + Number(groups?.["count"]) * (MILLISECONDS.get(groups?.["unit"] ?? "") ?? 0),
    0,
  );
  return sign === "-" ? -total : total;
}
