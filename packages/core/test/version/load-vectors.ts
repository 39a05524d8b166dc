import { readFileSync } from "node:fs";

/** One row of `test/vectors/upstream.json`. */
export interface UpstreamVector<Input, Expected> {
  readonly id: string;
  readonly area: string;
  readonly input: Input;
  readonly expected: Expected;
}

/** The rows of one area of `test/vectors/upstream.json`; never empty. */
export function loadUpstreamVectors<Input, Expected>(
  area: string,
): readonly UpstreamVector<Input, Expected>[] {
  const rows = load("upstream.json") as readonly UpstreamVector<Input, Expected>[];
  return notEmpty(
    rows.filter((row) => row.area === area),
    area,
  );
}

/** One row of `test/vectors/semver-constraints.json`. */
export interface SemverVector {
  readonly kind: string;
  readonly constraint: string;
  readonly version: string;
  readonly a: string;
  readonly b: string;
  readonly expected: boolean | number | string;
}

/** The rows of one kind of `test/vectors/semver-constraints.json`; never empty. */
export function loadSemverVectors(kind: string): readonly SemverVector[] {
  const rows = load("semver-constraints.json") as readonly SemverVector[];
  return notEmpty(
    rows.filter((row) => row.kind === kind),
    kind,
  );
}

function load(file: string): unknown {
  const url = new URL(`../../../../test/vectors/${file}`, import.meta.url);
  return JSON.parse(readFileSync(url, "utf8"));
}

function notEmpty<Row>(rows: readonly Row[], name: string): readonly Row[] {
  if (rows.length === 0) throw new Error(`no vectors of ${name}`);
  return rows;
}
