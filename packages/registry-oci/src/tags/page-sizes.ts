import { createBoundedMap } from "../http/bounded-map.js";

const MOST_HOSTS = 1000;

/** How many tags of a page to ask for; `undefined` leaves it to the registry. */
export type PageSize = number | undefined;

/** 1000 is what nearly every registry takes, 100 what the others do that have a limit. */
const SIZES: readonly number[] = [1000, 100];

/** Remembers by a registry's address which page size it takes. */
export interface PageSizes {
  /** What to try in this order, before asking without any. */
  sizesFor(apiUrl: string): readonly number[];
  /** The size that was taken, after those before it were refused. */
  keep(apiUrl: string, size: PageSize): void;
}

/** Nothing is known at first. */
export function createPageSizes(): PageSizes {
  const taken = createBoundedMap<number>(MOST_HOSTS);
  return {
    sizesFor: (apiUrl) => SIZES.slice(taken.get(apiUrl) ?? 0),
    keep(apiUrl, size): void {
      taken.set(apiUrl, size === undefined ? SIZES.length : SIZES.indexOf(size));
    },
  };
}
