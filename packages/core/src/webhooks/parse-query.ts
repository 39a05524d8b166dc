/** The query parameters of a URL or of a path with a query; of a repeated one, the first counts. */
export function parseQuery(url: string): Readonly<Record<string, string>> {
  const [address = ""] = url.split("#");
  const start = address.indexOf("?");
  if (start === -1) return {};
  const pairs = address
    .slice(start + 1)
    .split("&")
    .filter((pair) => pair !== "");
  return Object.fromEntries(pairs.map(parsePair).toReversed());
}

function parsePair(pair: string): readonly [string, string] {
  const equals = pair.indexOf("=");
  if (equals === -1) return [decode(pair), ""];
  return [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))];
}

function decode(text: string): string {
  const spaced = text.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    // A stray percent sign stands for itself.
    return spaced;
  }
}
