import { readFileSync } from "node:fs";
import type { Vector } from "./vector.js";

/** A rule on which this SDK differs from Argo CD Image Updater on purpose. */
export interface Deviation {
  readonly name: string;
  readonly area: string;
  /** Cases of the repository's own vectors that show it; each must differ, or the entry is stale. */
  readonly cases: readonly string[];
  /** Which other cases of the area are of the same family: a pattern on the input's {@link inputText}. */
  readonly input: string;
  /** What this SDK does in its place, and why. */
  readonly reason: string;
}

/** Reads `deviations.json`. */
export function readDeviations(path: URL): readonly Deviation[] {
  const entries: readonly Deviation[] = JSON.parse(readFileSync(path, "utf8"));
  return entries;
}

/**
 * The deviation a differing case falls under.
 *
 * A case that no entry lists must be marked by its note as an upstream bug, quirk or weakness.
 */
export function findDeviation(
  deviations: readonly Deviation[],
  vector: Vector,
): Deviation | undefined {
  const inArea = deviations.filter(({ area }) => area === vector.area);
  const listed = inArea.find(({ cases }) => cases.includes(vector.id));
  if (listed !== undefined) return listed;
  if (!/^UPSTREAM (?:BUG|QUIRK|WEAKNESS)/u.test(vector.note)) return undefined;
  const input = inputText(vector.input);
  return inArea.find((deviation) => new RegExp(deviation.input, "mu").test(input));
}

/** The texts of an input, one `field: value` after the other, with their own line breaks. */
function inputText(input: unknown): string {
  if (typeof input !== "object" || input === null) return String(input);
  return Object.entries(input)
    .map(([field, value]) => `${field}: ${inputText(value)}`)
    .join("\n");
}
