/**
 * Whether a text can stand unquoted in the place of another plain scalar and is a string there to
 * readers of YAML 1.2: the rule by which Argo CD Image Updater patches a values file.
 *
 * Stricter in what it takes for another type: numbers with an exponent of any size (`12e4567`), `y`
 * and `n`; and it refuses characters that do not print. Sexagesimal numbers of YAML 1.1 (`12:30`)
 * pass here; see {@link isStringWhenPlain}.
 */
export function isSafePlainScalar(text: string): boolean {
  return (
    !/^[-!&*?|>%@`"'#,[\]{} ]|^\.\.\.|: | #|[: ]$/.test(text) &&
    !NOT_PRINTABLE.test(text) &&
    !isOtherType(text)
  );
}

/**
 * Writes a string as a YAML scalar for a block collection, on one line.
 *
 * As go-yaml v3 does, which writes the files of Argo CD Image Updater: plain where that is read back
 * as a string, double-quoted where plain would be another type (`"1.0"`, `"on"`, `"12:30"`),
 * single-quoted where an indicator forbids plain. What takes several lines there is double-quoted
 * here, and so is what only some readers take for another type.
 */
export function formatYamlString(text: string): string {
  if (!isStringWhenPlain(text) || NOT_PRINTABLE.test(text)) return formatDoubleQuoted(text);
  return needsQuotes(text) ? formatSingleQuoted(text) : text;
}

/** Writes a string between double quotes, on one line, with what does not print escaped. */
export function formatDoubleQuoted(text: string): string {
  return `"${text.replaceAll(ESCAPED, escapeCharacter)}"`;
}

/** Writes a string between single quotes. Only for text without line breaks or control characters. */
export function formatSingleQuoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Whether every character can stand between single quotes on one line. */
export function isPrintableLine(text: string): boolean {
  return !NOT_PRINTABLE.test(text);
}

/** Whether a plain scalar of this text is a string to readers of YAML 1.1 and of 1.2. */
export function isStringWhenPlain(text: string): boolean {
  return !isOtherType(text) && !BASE_60.test(text);
}

const RESERVED_WORDS: ReadonlySet<string> = new Set([
  "",
  "~",
  "<<",
  "=",
  ".nan",
  ".NaN",
  ".NAN",
  ...["y", "yes", "n", "no", "on", "off", "true", "false", "null"].flatMap(spellings),
  ...["", "+", "-"].flatMap((sign) => [`${sign}.inf`, `${sign}.Inf`, `${sign}.INF`]),
]);

const NUMBER =
  /^[-+]?(?:0[bB][01]+|0[oO][0-7]+|0[xX][0-9a-fA-F]+|(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)$/;

const BASE_60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;

const TIMESTAMP =
  /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::?[0-9]{2})?))?)?$/;

const NOT_PRINTABLE = /[^\u0020-\u007e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/;

const ESCAPED = /["\\]|[^\u0020-\u007e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/gu;

const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\0", "\\0"],
  ["\u0007", "\\a"],
  ["\b", "\\b"],
  ["\t", "\\t"],
  ["\n", "\\n"],
  ["\v", "\\v"],
  ["\f", "\\f"],
  ["\r", "\\r"],
  ["\u001b", "\\e"],
  ["\u0085", "\\N"],
  ["\u2028", "\\L"],
  ["\u2029", "\\P"],
]);

function isOtherType(text: string): boolean {
  if (RESERVED_WORDS.has(text) || TIMESTAMP.test(text)) return true;
  return /^[-+.0-9]/.test(text) && NUMBER.test(text.replaceAll("_", ""));
}

function spellings(word: string): readonly string[] {
  return [word, word.charAt(0).toUpperCase() + word.slice(1), word.toUpperCase()];
}

function needsQuotes(text: string): boolean {
  return (
    /^(?:[#,[\]{}&*!|>'"%@`]|[-?:](?: |$)|---|\.\.\.)/.test(text) || /^ | $|:(?: |$)| #/.test(text)
  );
}

function escapeCharacter(character: string): string {
  const short = SHORT_ESCAPES.get(character);
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${digits.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
}
