/** One challenge of a `WWW-Authenticate` header. */
export interface Challenge {
  /** In lower case: `bearer`. */
  readonly scheme: string;
  /** Names in lower case, values without their quotes. */
  readonly parameters: ReadonlyMap<string, string>;
}

const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const QUOTED = /"(?:[^"\\]|\\.)*"?/sy;
const BARE = /[^\s,]*/y;
const SEPARATOR = /[\s,]*/y;
const EQUALS = /[ \t]*=[ \t]*/y;
const SPACE = /[ \t]+/y;
/** RFC 9110's `token68`, as `Negotiate` has it: nothing but padding may follow. */
const TOKEN68 = /[A-Za-z0-9\-._~+/]+=*(?=[ \t]*(?:,|$))/y;

/**
 * The challenges of a `WWW-Authenticate` header (RFC 9110 section 11.6.1), in its order.
 *
 * One line may hold several, and commas inside quotes belong to their value. What is not a challenge is
 * skipped; of a repeated parameter the first counts.
 */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  const reader = createReader(header);
  for (reader.take(SEPARATOR); !reader.atEnd(); reader.take(SEPARATOR)) {
    const name = reader.take(TOKEN);
    if (name === "") {
      reader.skip();
      continue;
    }
    const current = challenges.at(-1);
    if (reader.take(EQUALS) !== "") {
      const value = readValue(reader);
      const known = current?.parameters.has(name.toLowerCase()) ?? true;
      if (!known) current?.parameters.set(name.toLowerCase(), value);
      continue;
    }
    challenges.push({ scheme: name.toLowerCase(), parameters: new Map() });
    if (reader.take(SPACE) !== "") reader.take(TOKEN68);
  }
  return challenges;
}

function readValue(reader: Reader): string {
  const quoted = reader.take(QUOTED);
  if (quoted === "") return reader.take(BARE);
  return quoted.slice(1, quoted.endsWith('"') ? -1 : undefined).replaceAll(/\\(.)/gs, "$1");
}

interface Reader {
  atEnd(): boolean;
  /** What the sticky pattern matches here, which is then passed; else nothing. */
  take(pattern: RegExp): string;
  skip(): void;
}

function createReader(text: string): Reader {
  let position = 0;
  return {
    atEnd: () => position >= text.length,
    take(pattern: RegExp): string {
      pattern.lastIndex = position;
      const found = pattern.exec(text)?.[0] ?? "";
      position += found.length;
      return found;
    },
    skip(): void {
      position += 1;
    },
  };
}
