/** Headers by their names in lower case; one that is repeated is joined with commas (RFC 9110, 5.3). */
export function joinHeaders(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): ReadonlyMap<string, string> {
  const joined = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    joined.set(name.toLowerCase(), typeof value === "string" ? value : value.join(", "));
  }
  return joined;
}
