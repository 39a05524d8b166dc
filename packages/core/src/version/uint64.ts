const MAXIMUM = 2n ** 64n - 1n;

/** The number that a run of digits spells, `undefined` when it does not fit 64 bits or is not a number. */
export function parseUint64(digits: string): bigint | undefined {
  if (!isNumericIdentifier(digits)) return undefined;
  // Stripped first, so that the cost of a hostile run of digits stays bounded.
  const significant = digits.startsWith("0") ? digits.replace(/^0+(?=.)/u, "") : digits;
  if (significant.length > 20) return undefined;
  const value = BigInt(significant);
  return value > MAXIMUM ? undefined : value;
}

/** Whether the text is made of ASCII digits only. */
export function isNumericIdentifier(text: string): boolean {
  return /^[0-9]+$/u.test(text);
}
