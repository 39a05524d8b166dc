import type { Diagnostic } from "../errors/diagnostic.js";

/** Where a setting was written, and what is wrong with it there. */
export interface SettingPlace {
  readonly path: string;
  readonly problem?: Diagnostic | undefined;
}

/** Settings of one level, or of several merged, each with the place that gave it. */
export interface Block<T, Name extends string> {
  readonly settings: T;
  readonly places: ReadonlyMap<Name, SettingPlace>;
}

/** Whatever is wrong with the settings that hold: what a narrower level overrides is out. */
export function problemsOf(block: Block<unknown, string>): readonly Diagnostic[] {
  return [...block.places.values()].flatMap(({ problem }) => problem ?? []);
}
