/** One call of an OpenAPI of Alibaba Cloud; none that this package makes has a body. */
export interface OpenApiCall {
  readonly method: "GET" | "POST";
  /** What stands between the slashes, not yet encoded; nothing for `/`. */
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string>>;
  readonly action: string;
  readonly version: string;
}

/** The path as it is sent and signed. */
export function formatPath(path: readonly string[]): string {
  return `/${path.map(percentEncode).join("/")}`;
}

/** The query as it is sent and signed: sorted, without a `?`. */
export function formatQuery(query: Readonly<Record<string, string>>): string {
  return Object.entries(query)
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .toSorted(byName)
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

/** Orders entries by code point, as signatures want them. */
export function byName(
  [one]: readonly [string, string],
  [other]: readonly [string, string],
): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** RFC 3986: letters, digits and `-._~` stay. */
function percentEncode(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, hexEscape);
}

function hexEscape(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
