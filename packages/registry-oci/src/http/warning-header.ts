const MOST_CHARACTERS = 4096;
const WARNING = /(?:^|,)\s*299 [^\s"]+ "((?:[^"\\]|\\.)*)"/g;

/**
 * The texts of the `299` warnings in a `Warning` header (distribution specification, "Warnings"), each
 * in one line. What is not such a warning, or stands after 4096 characters, is left out.
 */
export function parseWarnings(header: string | undefined): readonly string[] {
  const warnings = [...(header ?? "").slice(0, MOST_CHARACTERS).matchAll(WARNING)];
  return warnings
    .map(([, text = ""]) => text.replaceAll(/\\(.)/g, "$1"))
    .map((text) => text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim())
    .filter((text) => text !== "");
}
