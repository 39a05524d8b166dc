import { createBoundedMap } from "./bounded-map.js";
import type { HttpResponse, RequestPlace } from "./http-message.js";
import { parseRateLimit, type RateLimitStatus } from "./rate-limit-headers.js";
import { parseWarnings } from "./warning-header.js";
import { wordsOf } from "./words.js";

const MOST_WARNINGS = 1000;

/** Where a registry said something: its host as images name it, and the repository asked for. */
export type NoticePlace = Pick<RequestPlace, "host" | "repository">;

/** The state of a registry's limit, after an answer that told it. */
export interface RateLimitNotice extends RateLimitStatus, NoticePlace {}

/** A `Warning` of a registry: for people, never acted on. */
export interface WarningNotice extends NoticePlace {
  /** The registry's own words, in one line. */
  readonly text: string;
}

/** Who hears what answers say beside the point. */
export interface NoticeListeners {
  /** Called for each answer of a registry that tells its limit. */
  readonly onRateLimit?: ((notice: RateLimitNotice) => void) | undefined;
  /** Called once for each warning of a host. */
  readonly onWarning?: ((notice: WarningNotice) => void) | undefined;
}

/** Passes what an answer says on to the listeners. */
export type TellNotices = (response: HttpResponse, place: RequestPlace) => void;

/** Remembers which warnings were told. */
export function createNotices({ onRateLimit, onWarning }: NoticeListeners): TellNotices {
  const told = createBoundedMap<true>(MOST_WARNINGS);

  function warn(text: string, place: NoticePlace): void {
    const key = JSON.stringify([place.host, text]);
    if (told.get(key) === true) return;
    told.set(key, true);
    onWarning?.({ ...place, text });
  }

  return (response, { host, repository }) => {
    const { headers } = response;
    const place: NoticePlace = repository === undefined ? { host } : { host, repository };
    const limit = parseRateLimit(headers);
    if (limit !== undefined) onRateLimit?.({ ...place, ...limit });
    for (const text of parseWarnings(headers.get("warning"))) warn(wordsOf(response, text), place);
  };
}
