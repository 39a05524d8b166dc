/** Runs one case of an area and answers in the form of its `expected`. */
export type RunCase = (input: unknown, expected: unknown) => unknown;

/** Cases of an area that a later version covers. */
export const NOT_YET: ReadonlySet<string> = new Set<string>();
