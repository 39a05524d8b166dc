/** One line of a comparison: kept, removed or added. */
interface DiffLine {
  readonly sign: " " | "-" | "+";
  readonly text: string;
}

/** Lines of context around a change, as `diff -u`. */
const CONTEXT = 3;

/**
 * The difference of two texts in unified format, as `diff -u` writes it, without a line break at its
 * end; empty when they are equal.
 *
 * `before` undefined means that the file does not exist yet.
 */
export function unifiedDiff(path: string, before: string | undefined, after: string): string {
  if (before === after) return "";
  const parts = hunks(diffLines(splitLines(before ?? ""), splitLines(after)));
  if (parts.length === 0) return "";
  const header = [before === undefined ? "--- /dev/null" : `--- a/${path}`, `+++ b/${path}`];
  return [...header, ...parts].join("\n");
}

/** A last line without a line break is marked, as `diff` marks it. */
function splitLines(text: string): readonly string[] {
  if (text === "") return [];
  const lines = text.split("\n");
  if (lines.at(-1) === "") return lines.slice(0, -1);
  return [...lines.slice(0, -1), `${lines.at(-1) ?? ""}\n\\ No newline at end of file`];
}

function diffLines(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start])
    start += 1;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  ) {
    end += 1;
  }
  return [
    ...before.slice(0, start).map(keep),
    ...compareMiddle(
      before.slice(start, before.length - end),
      after.slice(start, after.length - end),
    ),
    ...before.slice(before.length - end).map(keep),
  ];
}

function keep(text: string): DiffLine {
  return { sign: " ", text };
}

/** Above this many comparisons the middle is shown as replaced: still right, only longer. */
const MAX_CELLS = 4_000_000;

/** Longest common subsequence of what is left between the equal head and tail. */
function compareMiddle(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const width = after.length + 1;
  if (before.length * after.length > MAX_CELLS) return replaced(before, after);
  const lengths = new Uint32Array((before.length + 1) * width);
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      const same = before[row] === after[column];
      const diagonal = (lengths[(row + 1) * width + column + 1] ?? 0) + 1;
      const down = lengths[(row + 1) * width + column] ?? 0;
      const right = lengths[row * width + column + 1] ?? 0;
      lengths[row * width + column] = same ? diagonal : Math.max(down, right);
    }
  }
  return walk(before, after, lengths, width);
}

function walk(
  before: readonly string[],
  after: readonly string[],
  lengths: Uint32Array,
  width: number,
): readonly DiffLine[] {
  const lines: DiffLine[] = [];
  let row = 0;
  let column = 0;
  while (row < before.length && column < after.length) {
    const down = lengths[(row + 1) * width + column] ?? 0;
    const right = lengths[row * width + column + 1] ?? 0;
    if (before[row] === after[column]) {
      lines.push({ sign: " ", text: before[row] ?? "" });
      row += 1;
      column += 1;
    } else if (down >= right) {
      lines.push({ sign: "-", text: before[row] ?? "" });
      row += 1;
    } else {
      lines.push({ sign: "+", text: after[column] ?? "" });
      column += 1;
    }
  }
  return [...lines, ...replaced(before.slice(row), after.slice(column))];
}

function replaced(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  return [
    ...before.map((text): DiffLine => ({ sign: "-", text })),
    ...after.map((text): DiffLine => ({ sign: "+", text })),
  ];
}

function hunks(lines: readonly DiffLine[]): readonly string[] {
  const changed = lines.flatMap(({ sign }, index) => (sign === " " ? [] : [index]));
  const ranges: { from: number; to: number }[] = [];
  for (const index of changed) {
    const last = ranges.at(-1);
    const to = Math.min(lines.length, index + CONTEXT + 1);
    if (last !== undefined && index - CONTEXT <= last.to) last.to = to;
    else ranges.push({ from: Math.max(0, index - CONTEXT), to });
  }
  return ranges.flatMap(({ from, to }) => {
    const part = lines.slice(from, to);
    const old = rangeText(lines.slice(0, from), part, "+");
    const now = rangeText(lines.slice(0, from), part, "-");
    return [`@@ -${old} +${now} @@`, ...part.map(({ sign, text }) => `${sign}${text}`)];
  });
}

/** `start,count` on one side, or `start` for one line: the other side's lines are not part of it. */
function rangeText(
  earlier: readonly DiffLine[],
  part: readonly DiffLine[],
  other: "+" | "-",
): string {
  const start = earlier.filter(({ sign }) => sign !== other).length;
  const count = part.filter(({ sign }) => sign !== other).length;
  if (count === 1) return String(start + 1);
  return count === 0 ? `${start},0` : `${start + 1},${count}`;
}
