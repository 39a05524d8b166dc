/** Foreign text in a message: quoted, and cut after this many characters. */
const LONGEST_QUOTE = 80;

/** Words longer than this are not compared: no setting has such a name. */
const LONGEST_WORD = 64;

/** More known words than this are not looked through, so that many typos in a long list cost little. */
const MOST_WORDS = 100;

/** Text as a person reads it in a message: as JSON, shortened. */
export function quoteText(text: string): string {
  return JSON.stringify(text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text);
}

/**
 * The known word that a misspelt one was probably meant to be; `undefined` when none is near.
 *
 * Case, dashes, dots, underscores and blanks do not count; of the rest, one letter in three may be
 * wrong, missing, too much or swapped with its neighbour. The first of equally near words is taken.
 */
export function nearestWord(word: string, known: Iterable<string>): string | undefined {
  if (word.length > LONGEST_WORD) return undefined;
  const wanted = lettersOf(word);
  let nearest: string | undefined;
  let least = Math.floor(wanted.length / 3) + 1;
  let seen = 0;
  for (const candidate of known) {
    seen += 1;
    if (seen > MOST_WORDS) break;
    if (candidate.length > LONGEST_WORD) continue;
    const letters = lettersOf(candidate);
    if (Math.abs(letters.length - wanted.length) >= least) continue;
    const distance = editDistance(wanted, letters);
    if (distance < least) {
      nearest = candidate;
      least = distance;
    }
  }
  return nearest;
}

/**
 * Whether two names are the same but for one of their parts, which is misspelt. Parts that differ in a
 * digit are most likely two of a row, and short ones are near by chance.
 */
export function differsByTypo(left: string, right: string, separator: RegExp): boolean {
  const parts = left.split(separator);
  const others = right.split(separator);
  if (parts.length !== others.length) return false;
  const differing = parts.flatMap((part, index) => {
    const other = others[index] ?? "";
    return part === other ? [] : [[part, other] as const];
  });
  const [[part, other] = ["", ""], ...more] = differing;
  if (more.length > 0 || part.length < SHORTEST_TYPO) return false;
  return digitsOf(part) === digitsOf(other) && nearestWord(part, [other]) !== undefined;
}

const SHORTEST_TYPO = 5;

function digitsOf(text: string): string {
  return text.replaceAll(/\D/gu, "");
}

/** `; did you mean "…"?` for the end of a message, or nothing. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const nearest = nearestWord(word, known);
  return nearest === undefined ? "" : `; did you mean "${nearest}"?`;
}

function lettersOf(word: string): string {
  return word.toLowerCase().replaceAll(/[-_.\s]/gu, "");
}

/** Damerau-Levenshtein distance, of neighbours swapped at most once. */
function editDistance(left: string, right: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      const replaced = (last[column - 1] ?? 0) + (same ? 0 : 1);
      const dropped = (last[column] ?? 0) + 1;
      const added = (current[column - 1] ?? 0) + 1;
      const isSwap = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      const swapped = isSwap ? (beforeLast[column - 2] ?? 0) + 1 : replaced;
      current.push(Math.min(replaced, dropped, added, swapped));
    }
    beforeLast = last;
    last = current;
  }
  return last[right.length] ?? 0;
}
