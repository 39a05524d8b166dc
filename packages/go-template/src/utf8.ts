const REPLACEMENT = 0xfffd;

/** The UTF-8 bytes of a text, with U+FFFD in place of half a surrogate pair. */
export function encodeText(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    pushEncoded(bytes, isSurrogate(code) ? REPLACEMENT : code);
  }
  return Uint8Array.from(bytes);
}

/** The text of UTF-8 bytes; `undefined` if they are not UTF-8. */
export function decodeText(bytes: Uint8Array): string | undefined {
  const characters: string[] = [];
  for (let index = 0; index < bytes.length;) {
    const first = bytes[index] ?? 0;
    const length = lengthFrom(first);
    if (length === 0 || index + length > bytes.length) return undefined;
    let code = length === 1 ? first : first & (0x7f >> length);
    for (const next of bytes.subarray(index + 1, index + length)) {
      if ((next & 0xc0) !== 0x80) return undefined;
      code = (code << 6) | (next & 0x3f);
    }
    if (encodedLength(code) !== length || isSurrogate(code) || code > 0x10ffff) return undefined;
    characters.push(String.fromCodePoint(code));
    index += length;
  }
  return characters.join("");
}

/** How many bytes a code point takes in UTF-8. */
export function encodedLength(code: number): number {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}

function pushEncoded(bytes: number[], code: number): void {
  const length = encodedLength(code);
  if (length === 1) {
    bytes.push(code);
    return;
  }
  bytes.push(((0xf00 >> length) & 0xff) | (code >> (6 * (length - 1))));
  for (let shift = 6 * (length - 2); shift >= 0; shift -= 6)
    bytes.push(0x80 | ((code >> shift) & 0x3f));
}

/** How many bytes a character has that begins with this one; 0 where none may. */
function lengthFrom(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc2) return 0;
  if (first < 0xe0) return 2;
  if (first < 0xf0) return 3;
  return first < 0xf5 ? 4 : 0;
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff;
}
