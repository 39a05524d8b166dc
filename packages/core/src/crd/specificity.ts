/** What an exact name is worth: more than any wildcard. */
const EXACT_NAME = 1_000_000;
const SELECTOR = 10_000;
const REQUIREMENT = 100;

/**
 * The place of a reference whose pattern or selector cannot be read: behind every exact name, before
 * every wildcard. No repair of it could outrank an exact name, since patterns are unique.
 */
export const UNREADABLE_SPECIFICITY: number = EXACT_NAME - 1;

/**
 * How specific a reference is, as Argo CD Image Updater scores it; the highest that matches is used.
 *
 * A name without `*`, `?` and brackets counts 1,000,000, each byte outside of wildcards and `[...]`
 * counts 1, a label selector 10,000 and each of its labels and expressions 100. `requirements` is
 * their number, undefined without a selector.
 */
export function calculateSpecificity(namePattern: string, requirements?: number): number {
  const literals = withoutBrackets(namePattern).replaceAll(/[*?]/gu, "");
  const selected = requirements === undefined ? 0 : SELECTOR + requirements * REQUIREMENT;
  return (isExactName(namePattern) ? EXACT_NAME : 0) + utf8Length(literals) + selected;
}

/** The pattern without its `[...]`, each up to the next closing bracket. */
function withoutBrackets(pattern: string): string {
  const kept: string[] = [];
  let start = 0;
  for (;;) {
    const open = pattern.indexOf("[", start);
    const close = open === -1 ? -1 : pattern.indexOf("]", open);
    if (close === -1) return kept.join("") + pattern.slice(start);
    kept.push(pattern.slice(start, open));
    start = close + 1;
  }
}

/** Whether a pattern is a name without any sign of a wildcard. */
export function isExactName(namePattern: string): boolean {
  return !/[*?[\]]/u.test(namePattern);
}

function utf8Length(text: string): number {
  return Array.from(text).reduce((sum, character) => {
    const codePoint = character.codePointAt(0) ?? 0;
    if (codePoint < 0x80) return sum + 1;
    if (codePoint < 0x800) return sum + 2;
    return sum + (codePoint < 0x10000 ? 3 : 4);
  }, 0);
}
