import { meets } from "./compare.js";
import { findDeviation, type Deviation } from "./deviations.js";
import type { Vector } from "./vector.js";
import { annotationAreas } from "./areas/annotation-areas.js";
import { NOT_YET, type RunCase } from "./areas/area.js";
import { configAreas } from "./areas/config-areas.js";
import { cycleAreas } from "./areas/cycle-areas.js";
import { forgeAreas } from "./areas/forge-areas.js";
import { imageAreas } from "./areas/image-areas.js";
import { overrideAreas } from "./areas/override-areas.js";
import { resourceAreas } from "./areas/resource-areas.js";
import { selectionAreas } from "./areas/selection-areas.js";
import { templateAreas } from "./areas/template-areas.js";
import { versionAreas } from "./areas/version-areas.js";
import { webhookAreas } from "./areas/webhook-areas.js";

const AREAS: ReadonlyMap<string, RunCase> = new Map([
  ...Object.entries(imageAreas),
  ...Object.entries(versionAreas),
  ...Object.entries(selectionAreas),
  ...Object.entries(resourceAreas),
  ...Object.entries(configAreas),
  ...Object.entries(annotationAreas),
  ...Object.entries(overrideAreas),
  ...Object.entries(templateAreas),
  ...Object.entries(forgeAreas),
  ...Object.entries(cycleAreas),
  ...Object.entries(webhookAreas),
]);

/** How one case came out. */
export interface CaseResult {
  readonly vector: Vector;
  readonly outcome: "passed" | "deviates" | "failed" | "not-yet";
  readonly actual?: unknown;
  readonly deviation?: Deviation | undefined;
}

/** Runs every case; a case that throws has failed with the error as its result. */
export async function runVectors(
  vectors: readonly Vector[],
  deviations: readonly Deviation[],
): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  for (const vector of vectors) results.push(await runVector(vector, deviations));
  return results;
}

async function runVector(vector: Vector, deviations: readonly Deviation[]): Promise<CaseResult> {
  const run = AREAS.get(vector.area);
  if (run === undefined) {
    const outcome = NOT_YET.has(vector.area) ? "not-yet" : "failed";
    return { vector, outcome, actual: { error: `unknown area ${vector.area}` } };
  }
  const actual = await attempt(run, vector);
  if (meets(actual, vector.expected)) return { vector, outcome: "passed", actual };
  const deviation = findDeviation(deviations, vector);
  return { vector, outcome: deviation === undefined ? "failed" : "deviates", actual, deviation };
}

async function attempt(run: RunCase, vector: Vector): Promise<unknown> {
  try {
    return await run(vector.input, vector.expected);
  } catch (error) {
    return { threw: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}

/** Listed cases that do not differ any more, or that no longer exist: the file must be kept true. */
export function findStale(
  deviations: readonly Deviation[],
  results: readonly CaseResult[],
): readonly string[] {
  const differing = new Set(
    results.filter(({ outcome }) => outcome === "deviates").map(({ vector }) => vector.id),
  );
  return deviations.flatMap(({ name, cases }) =>
    cases.filter((id) => !differing.has(id)).map((id) => `${name}: ${id}`),
  );
}
