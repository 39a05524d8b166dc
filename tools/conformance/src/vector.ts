import { readFileSync } from "node:fs";

/** One conformance case, whichever of the two forms its file has. */
export interface Vector {
  readonly id: string;
  readonly area: string;
  readonly input: unknown;
  readonly expected: unknown;
  readonly note: string;
}

/**
 * Reads a file of cases: `{ id, area, input, expected, note? }`, or `{ kind, …, expected }` where every
 * other field is the input.
 */
export function readVectors(path: string | URL): readonly Vector[] {
  const data: unknown = JSON.parse(readFileSync(path, "utf8"));
  if (!Array.isArray(data)) throw new TypeError(`${String(path)}: not a list of cases`);
  return data.map((entry: unknown, index) => toVector(entry, index));
}

function toVector(entry: unknown, index: number): Vector {
  if (typeof entry !== "object" || entry === null) throw new TypeError(`case ${index}: no object`);
  const fields: Readonly<Record<string, unknown>> = { ...entry };
  const { expected, note, source: _source, ...rest } = fields;
  const noteText = typeof note === "string" ? note : "";
  if (typeof rest["area"] === "string") {
    const id = typeof rest["id"] === "string" ? rest["id"] : `${rest["area"]}-#${index}`;
    return { id, area: rest["area"], input: rest["input"], expected, note: noteText };
  }
  const { kind, ...input } = rest;
  if (typeof kind !== "string") throw new TypeError(`case ${index}: neither "area" nor "kind"`);
  return { id: `${kind}-#${index}`, area: kind, input, expected, note: noteText };
}
