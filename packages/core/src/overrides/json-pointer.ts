/**
 * Splits a JSON pointer (RFC 6901) into its unescaped segments; the empty pointer has none.
 *
 * `undefined` for text that is not a pointer.
 */
export function parseJsonPointer(pointer: string): readonly string[] | undefined {
  if (pointer === "") return [];
  if (!pointer.startsWith("/") || /~(?![01])/.test(pointer)) return undefined;
  return pointer
    .slice(1)
    .split("/")
    .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** Writes segments as a JSON pointer (RFC 6901). */
export function formatJsonPointer(segments: readonly (string | number)[]): string {
  return segments
    .map((segment) => `/${String(segment).replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("");
}

/** What the segments lead to in a decoded JSON document; `undefined` when there is nothing. */
export function valueAt(document: unknown, segments: readonly string[]): unknown {
  return segments.reduce<unknown>(childOf, document);
}

/** Whether a decoded JSON value is an object, and neither a list nor `null`. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a decoded JSON value is a list. */
export function isJsonArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** The index a segment names in a list (RFC 6901: no leading zeros); `undefined` for other text. */
export function parseArrayIndex(segment: string): number | undefined {
  return /^(?:0|[1-9][0-9]{0,14})$/.test(segment) ? Number(segment) : undefined;
}

function childOf(value: unknown, segment: string): unknown {
  if (isJsonArray(value)) {
    const index = parseArrayIndex(segment);
    return index === undefined ? undefined : value[index];
  }
  return isJsonObject(value) && Object.hasOwn(value, segment) ? value[segment] : undefined;
}
