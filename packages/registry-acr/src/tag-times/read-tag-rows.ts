import { RegistryError } from "@image-updater/core";
import { formatPlace, type RequestPlace } from "@image-updater/registry-oci/http";
import type { TagPage, TagRow } from "./tag-page.js";

/** The most that the API takes. */
export const PAGE_SIZE = 100;
const MOST_PAGES = 1000;
const TRIES = 2;

/**
 * All rows, each tag once, by pages of 100.
 *
 * A push between two pages moves tags from one to the other: a list whose count changed on the way, or
 * that is shorter than its count, is read once more.
 *
 * @throws RegistryError `unavailable` when the second list is not better: part of a list is never returned.
 */
export async function readTagRows(
  readPage: (page: number) => Promise<TagPage>,
  place: RequestPlace,
): Promise<readonly TagRow[]> {
  for (let count = 0; count < TRIES; count += 1) {
    const rows = await readPages(readPage, place);
    if (rows !== undefined) return rows;
  }
  const message = `${formatPlace(place)}: the tag list of the OpenAPI changed while it was read`;
  throw new RegistryError("unavailable", message, place);
}

async function readPages(
  readPage: (page: number) => Promise<TagPage>,
  place: RequestPlace,
): Promise<readonly TagRow[] | undefined> {
  const rows = new Map<string, TagRow>();
  let total: number | undefined;
  for (let number = 1; number <= MOST_PAGES; number += 1) {
    const page = await readPage(number);
    if (page.total > MOST_PAGES * PAGE_SIZE) throw tooMany(page.total, place);
    total ??= page.total;
    if (page.total !== total) return undefined;
    const known = rows.size;
    for (const row of page.rows) rows.set(row.name, row);
    // An API that makes its pages shorter than asked for is read to the end all the same.
    if (rows.size === known || rows.size >= total) break;
  }
  return rows.size === total ? [...rows.values()] : undefined;
}

function tooMany(total: number, place: RequestPlace): RegistryError {
  const message = `${formatPlace(place)}: the tag list of the OpenAPI is too long: ${total} tags`;
  return new RegistryError("too-large", message, place);
}
