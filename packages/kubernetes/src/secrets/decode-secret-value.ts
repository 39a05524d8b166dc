/** The text of a base64 value, byte order mark included; `undefined` for what is not UTF-8. */
export function decodeSecretValue(encoded: string): string | undefined {
  try {
    const bytes = Buffer.from(encoded, "base64");
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
