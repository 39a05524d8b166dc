import { env } from "node:process";

/** Whether everything is tried, as in `.ci/run`, and not only what usually goes wrong first. */
export const IS_WHOLE: boolean = env["TEST_WHOLE"] === "1";

/** A matrix that `.ci/run` tries whole, and `npm test` in its first row. */
export function mainOf<T>(rows: readonly T[]): readonly T[] {
  return IS_WHOLE ? rows : rows.slice(0, 1);
}

/** How often a property is tried: so many times in `.ci/run`, and usually fewer. */
export function runsOf(whole: number, usual = 200): number {
  return IS_WHOLE ? whole : Math.min(whole, usual);
}
