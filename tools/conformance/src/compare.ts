/** Whether two values are the same data; the order of an object's keys does not matter. */
function sameData(left: unknown, right: unknown): boolean {
  return canonical(left) === canonical(right);
}

/** JSON with sorted keys; `undefined` fields are left out. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, field: unknown) => {
    if (typeof field !== "object" || field === null || Array.isArray(field)) return field;
    return Object.fromEntries(
      Object.entries(field).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
    );
  });
}

/**
 * Whether a case passes. An expected error is met by any error, except that the codes both sides
 * know must agree.
 */
export function meets(actual: unknown, expected: unknown): boolean {
  const wanted = errorOf(expected);
  if (wanted === undefined) return sameData(actual, expected);
  const got = errorOf(actual);
  if (got === undefined) return false;
  const known = typeof wanted === "string" ? ERROR_CODES[wanted] : undefined;
  return known === undefined || known === got;
}

/** Error words of the vectors and the codes this SDK has for them. */
const ERROR_CODES: Readonly<Record<string, string>> = {
  "array-index-out-of-range": "index-out-of-range",
  "not-found": "not-found",
};

function errorOf(value: unknown): unknown {
  return typeof value === "object" && value !== null && "error" in value ? value.error : undefined;
}
