import { WriteBackError } from "@image-updater/core";
import { parsePageLink, type PageLink } from "@image-updater/http";
import { z } from "zod";
import type { CallForge } from "./forge-call.js";
import { decodeAnswer, type ForgePlace } from "./forge-error.js";

/** The API of a forge, and what to call it. */
export interface ForgeApi {
  readonly place: ForgePlace;
  readonly call: CallForge;
}

/** A list to read: its path without a query, and what to ask for. */
export interface ListRequest<T> {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly item: z.ZodType<T>;
  readonly signal: AbortSignal | undefined;
}

const MAX_PAGES = 100;
/** Of all pages together, for they are held in memory. */
const MAX_LIST_BYTES = 128 * 1024 * 1024;

/**
 * Reads a list page by page, as the `Link` headers lead.
 *
 * Of a link only the query is used: it goes to where the list is, whatever a proxy made of its host.
 */
export async function listPages<T>(
  { place, call }: ForgeApi,
  { path, query, item, signal }: ListRequest<T>,
): Promise<readonly T[]> {
  const items: T[] = [];
  const schema = z.array(item);
  let search = `?${new URLSearchParams(query).toString()}`;
  const seen = new Set<string>();
  let bytes = 0;
  while (!seen.has(search) && seen.size < MAX_PAGES) {
    seen.add(search);
    const answer = await call({ method: "GET", path: `${path}${search}` }, signal);
    bytes += answer.bytes;
    if (bytes > MAX_LIST_BYTES) throw tooLarge(place);
    items.push(...decodeAnswer(place, schema, answer));
    const link = parsePageLink(answer.headers["link"]);
    // What cannot be read may name the page that holds the pull request that is looked for.
    if (link.kind === "unreadable") throw unreadable(place);
    const next = nextQuery(link);
    if (next === undefined) return items;
    search = next;
  }
  const { name, target } = place;
  const message = `${target}: ${name} lists more than ${MAX_PAGES} pages of one kind, or the same page again`;
  throw new WriteBackError("invalid-response", message, { target });
}

function unreadable({ name, target }: ForgePlace): WriteBackError {
  const message = `${target}: the API of ${name} names the next page of a list in a Link header that cannot be read`;
  return new WriteBackError("invalid-response", message, { target });
}

function tooLarge({ name, target }: ForgePlace): WriteBackError {
  const message = `${target}: a list of the API of ${name} is larger than the ${MAX_LIST_BYTES} bytes that are allowed`;
  return new WriteBackError("too-large", message, { target });
}

/** The query that leads to the next page; `undefined` where there is none. */
export function nextQuery(link: PageLink): string | undefined {
  if (link.kind !== "next") return undefined;
  const start = link.target.indexOf("?");
  return start < 0 ? undefined : link.target.slice(start).replace(/#.*$/su, "");
}
