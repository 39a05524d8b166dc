/** Hides secrets in text that comes from elsewhere. */
export interface Redactor {
  /**
   * Hides a secret from now on. With a user name, what HTTP Basic makes of the two is hidden as well.
   * One shorter than 4 characters is not: it would be found in every text.
   */
  hide(secret: string, username?: string): void;
  /** Hides the credentials of an `Authorization` header: a token, or a password and what encodes it. */
  hideHeader(authorization: string): void;
  /** The text with `[secret]` in place of every hidden secret, however it is written. */
  redact(text: string): string;
}

const SHORTEST = 4;
const SHORTEST_ENCODED = 8;
const MOST_SECRETS = 1000;

/**
 * A {@link Redactor} that remembers the newest 1,000 secrets.
 *
 * A secret is found as it is, in base64 (also as a part of something longer), percent-encoded, as an
 * escape of JSON or HTML, and in mixtures of these, whichever characters are escaped and how often, in
 * capitals or not: names of hosts and codes of errors change that. The time is linear in the length of
 * the text.
 */
export function createRedactor(): Redactor {
  const forms = new Map<string, readonly string[]>();

  function hide(secret: string, username?: string): void {
    if (secret.length < SHORTEST) return;
    const pair = username === undefined ? undefined : `${username}:${secret}`;
    const key = pair ?? secret;
    const known = forms.get(key);
    // The newest stand last.
    forms.delete(key);
    forms.set(key, known ?? [secret, ...encodings(secret), ...encodings(pair)]);
    const [oldest] = forms.keys();
    if (forms.size > MOST_SECRETS && oldest !== undefined) forms.delete(oldest);
  }

  return {
    hide,
    hideHeader(authorization): void {
      const space = authorization.indexOf(" ");
      const value = authorization.slice(space + 1).trim();
      hide(value);
      if (authorization.slice(0, Math.max(space, 0)).toLowerCase() !== "basic") return;
      const text = Buffer.from(value, "base64").toString("utf8");
      const colon = text.indexOf(":");
      if (colon !== -1) hide(text.slice(colon + 1), text.slice(0, colon));
    },
    redact(text): string {
      return forms.size === 0 ? text : replaceAll(text, [...forms.values()].flat());
    },
  };
}

/** Base64 of a text in both alphabets, and what of it does not depend on what stands around the text. */
function encodings(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  const bytes = Buffer.from(text, "utf8");
  const inner = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64url");
    const first = Math.ceil((offset * 8) / 6);
    const whole = Math.floor(((offset + bytes.length) * 8) / 6);
    return encoded.slice(first, whole);
  });
  return [bytes.toString("base64url"), ...inner]
    .filter((encoded) => encoded.length >= SHORTEST_ENCODED)
    .flatMap((encoded) => [encoded, encoded.replaceAll("-", "+").replaceAll("_", "/")]);
}

function replaceAll(text: string, secrets: readonly string[]): string {
  const byFirst = groupByFirst(mayBeIn(text, secrets));
  const parts: string[] = [];
  let copied = 0;
  let at = 0;
  while (at < text.length) {
    const end = longestMatch(text, at, byFirst);
    if (end === undefined) {
      at += 1;
      continue;
    }
    parts.push(text.slice(copied, at), "[secret]");
    copied = end;
    at = end;
  }
  return parts.length === 0 ? text : parts.join("") + text.slice(copied);
}

const LONG = 24;
/** As many characters of a secret may belong to an escape that begins before it. */
const MOST_SWALLOWED = 12;

/**
 * Leaves out long secrets that are nowhere in the text: a thousand tokens that begin alike would be
 * compared at each place where that beginning stands.
 */
function mayBeIn(text: string, secrets: readonly string[]): readonly string[] {
  if (!secrets.some((secret) => secret.length >= LONG)) return secrets;
  const plain = unescaped(text);
  return secrets.filter(
    (secret) =>
      secret.length < LONG ||
      // It may be read in more than one way, or has capitals of its own.
      /[^ -~]|[%\\&]/u.test(secret) ||
      plain.includes(folded(secret.slice(MOST_SWALLOWED)).replaceAll("+", " ")),
  );
}

/** The text with all that may be an escape taken for one. */
function unescaped(text: string): string {
  const parts: string[] = [];
  for (let at = 0; at < text.length;) {
    const { character, end } = readEscape(text, at) ?? readPlain(text, at);
    parts.push(character);
    at = end;
  }
  return parts.join("").replaceAll("+", " ");
}

/** Secrets by their first character. */
function groupByFirst(secrets: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const secret of new Set(secrets)) {
    const first = readPlain(secret, 0).character;
    const group = groups.get(first) ?? [];
    group.push(secret);
    groups.set(first, group);
  }
  return groups;
}

/** Where the longest secret that begins here ends. */
function longestMatch(
  text: string,
  at: number,
  byFirst: ReadonlyMap<string, readonly string[]>,
): number | undefined {
  const firsts = new Set([readPlain(text, at).character, readEscape(text, at)?.character ?? ""]);
  let longest: number | undefined;
  for (const first of firsts) {
    for (const secret of byFirst.get(first) ?? []) {
      const end = matchEnd(text, at, secret);
      if (end !== undefined && end > (longest ?? 0)) longest = end;
    }
  }
  return longest;
}

function matchEnd(text: string, start: number, secret: string): number | undefined {
  let at = start;
  for (const given of secret) {
    const character = folded(given);
    const escape = readEscape(text, at);
    if (escape?.character === character) {
      at = escape.end;
      continue;
    }
    const plain = readPlain(text, at);
    if (plain.character !== character) return undefined;
    at = plain.end;
  }
  return at;
}

interface Read {
  readonly character: string;
  readonly end: number;
}

function readPlain(text: string, at: number): Read {
  const code = text.codePointAt(at);
  const character = code === undefined ? "" : String.fromCodePoint(code);
  return { character: folded(character), end: at + character.length };
}

function folded(character: string): string {
  return character.toLowerCase();
}

/** One escaped character: `%2F`, `%252F`, `\/`, `\\u002f`, `&amp;`, `&#x2F;`. */
function readEscape(text: string, at: number): Read | undefined {
  const read = readSign(text, at);
  return read === undefined ? undefined : { ...read, character: folded(read.character) };
}

function readSign(text: string, at: number): Read | undefined {
  const sign = text[at];
  if (sign === "%") return readPercent(text, at);
  if (sign === "\\") return readBackslash(text, at);
  if (sign === "&") return readEntity(text, at);
  return sign === "+" ? { character: " ", end: at + 1 } : undefined;
}

/** How often something may be escaped again. */
const MOST_LEVELS = 4;

function readPercent(text: string, at: number): Read | undefined {
  const first = readByte(text, at);
  if (first === undefined) return undefined;
  const length = first.byte < 0x80 ? 1 : first.byte >= 0xf0 ? 4 : first.byte >= 0xe0 ? 3 : 2;
  const bytes = [first.byte];
  let { end } = first;
  while (bytes.length < length) {
    const next = readByte(text, end);
    if (next === undefined) return undefined;
    bytes.push(next.byte);
    end = next.end;
  }
  const [character = ""] = Array.from(Buffer.from(bytes).toString("utf8"));
  return { character, end };
}

function readByte(
  text: string,
  at: number,
): { readonly byte: number; readonly end: number } | undefined {
  if (text[at] !== "%") return undefined;
  let digits = at + 1;
  for (let level = 0; level < MOST_LEVELS && text.startsWith("25", digits); level += 1) {
    if (readHex(text, digits + 2, 2) === undefined) break;
    digits += 2;
  }
  const byte = readHex(text, digits, 2);
  return byte === undefined ? undefined : { byte, end: digits + 2 };
}

const JSON_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

function readBackslash(text: string, at: number): Read | undefined {
  let next = at + 1;
  for (let level = 0; level < MOST_LEVELS && text[next] === "\\"; level += 1) {
    // The last of a row may be the character that is escaped.
    if (!/["\\/bfnrtu]/iu.test(text[next + 1] ?? "")) break;
    next += 1;
  }
  const letter = folded(text[next] ?? "");
  if (letter !== "u") {
    const character = JSON_ESCAPES[letter];
    return character === undefined ? undefined : { character, end: next + 1 };
  }
  const unit = readHex(text, next + 1, 4);
  if (unit === undefined) return undefined;
  const isHigh = unit >= 0xd800 && unit < 0xdc00;
  const low =
    isHigh && folded(text.slice(next + 5, next + 7)) === "\\u"
      ? readHex(text, next + 7, 4)
      : undefined;
  return low === undefined
    ? { character: String.fromCharCode(unit), end: next + 5 }
    : { character: String.fromCharCode(unit, low), end: next + 11 };
}

const ENTITIES: readonly (readonly [name: string, character: string])[] = [
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
];

/** The longest number of an entity, `#x10ffff` with zeros before it. */
const LONGEST_ENTITY = 12;

function readEntity(text: string, at: number): Read | undefined {
  const end = text.indexOf(";", at);
  if (end === -1 || end - at > LONGEST_ENTITY) return undefined;
  const name = text.slice(at + 1, end).toLowerCase();
  const named = ENTITIES.find(([known]) => known === name);
  if (named !== undefined) return { character: named[1], end: end + 1 };
  if (!name.startsWith("#")) return undefined;
  const isHex = name[1] === "x";
  const code = Number.parseInt(name.slice(isHex ? 2 : 1), isHex ? 16 : 10);
  if (!(code > 0 && code <= 0x10ffff)) return undefined;
  return { character: String.fromCodePoint(code), end: end + 1 };
}

function readHex(text: string, at: number, length: number): number | undefined {
  const digits = text.slice(at, at + length);
  return digits.length === length && /^[0-9a-f]+$/iu.test(digits)
    ? Number.parseInt(digits, 16)
    : undefined;
}
