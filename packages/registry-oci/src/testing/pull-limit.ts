import { errorAnswer, type Answer, type Ask } from "./answer.js";
import type { Route } from "./distribution-api.js";

/** A limit of pulls as Docker Hub has one. */
export interface OciTestPullLimit {
  /** How many manifests may be read with GET. */
  readonly limit: number;
  /** What the headers say of the window; default 21600. It does not end by itself. */
  readonly windowSeconds?: number | undefined;
  /** Who is said to be counted; default `127.0.0.1`. */
  readonly source?: string | undefined;
}

/** Counts pulls. */
export interface PullLimit {
  /** The right answer with the limit's headers, or 429. */
  apply(ask: Ask, route: Route, right: Answer): Answer;
}

/** Counts GETs of manifests and not HEADs; `undefined` counts nothing. */
export function createPullLimit(settings: OciTestPullLimit | undefined): PullLimit {
  let pulls = 0;
  return {
    apply({ method }, { kind }, right): Answer {
      if (settings === undefined || kind !== "manifest" || right.status !== 200) return right;
      const { limit, windowSeconds = 21_600, source = "127.0.0.1" } = settings;
      const isOver = method === "GET" && pulls === limit;
      if (method === "GET" && !isOver) pulls += 1;
      const headers = {
        "ratelimit-limit": `${limit};w=${windowSeconds}`,
        "ratelimit-remaining": `${limit - pulls};w=${windowSeconds}`,
        "docker-ratelimit-source": source,
      };
      if (isOver) return errorAnswer(429, "TOOMANYREQUESTS", headers);
      return { ...right, headers: { ...right.headers, ...headers } };
    },
  };
}
