import { readFileSync } from "node:fs";

/** One case of the upstream conformance vectors. */
export interface Vector {
  readonly id: string;
  readonly area: string;
  readonly input: unknown;
  readonly expected: unknown;
  readonly note?: string;
}

/** The vectors of an area; never empty, so that a renamed area is noticed. */
export function vectors(area: string): readonly Vector[] {
  const file = new URL("../../../../test/vectors/upstream.json", import.meta.url);
  const all = JSON.parse(readFileSync(file, "utf8")) as readonly Vector[];
  const found = all.filter((vector) => vector.area === area);
  if (found.length === 0) throw new Error(`no vectors of area ${area}`);
  return found;
}
