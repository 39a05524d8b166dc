import { utf8 } from "@scure/base";

/** The UTF-8 bytes of a text, with U+FFFD in place of half a surrogate pair. */
export function encodeText(text: string): Uint8Array {
  return utf8.decode(text.replace(/\p{Surrogate}/gu, "\uFFFD"));
}

/** The text of UTF-8 bytes; `undefined` if they are not UTF-8. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return utf8.encode(bytes);
  } catch {
    return undefined;
  }
}

/** How many bytes a code point takes in UTF-8. */
export function encodedLength(code: number): number {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}
