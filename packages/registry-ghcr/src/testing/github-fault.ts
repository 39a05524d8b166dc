import type { ApiAnswer } from "./api-answer.js";
import { messageAnswer } from "./api-answer.js";

/** Something that goes wrong, until it is cleared or `times` is used up. */
export interface GithubFault {
  /** `versions-page` is any page but the first. */
  readonly on: "versions" | "versions-page" | "user" | "any";
  readonly behave:
    | "unauthorized"
    | "forbidden"
    | "not-found"
    | "rate-limited"
    | "secondary-limit"
    | "server-error"
    | "garbage"
    | "foreign-link"
    | "circular-link"
    | "hang"
    | "disconnect";
  /** How often; default for ever. */
  readonly times?: number | undefined;
}

/** What a request is about, as far as faults tell it apart. */
export type FaultPoint = "versions" | "versions-page" | "user" | "elsewhere";

/** The faults that are still to happen. */
export interface GithubFaultPlan {
  set(faults: readonly GithubFault[]): void;
  /** The first fault for the request, counted as having happened. */
  take(point: FaultPoint): GithubFault | undefined;
}

/** A plan with these faults. */
export function createGithubFaultPlan(faults: readonly GithubFault[]): GithubFaultPlan {
  let planned: { readonly fault: GithubFault; left: number }[] = [];
  const plan: GithubFaultPlan = {
    set(next): void {
      planned = next.map((fault) => ({ fault, left: fault.times ?? Number.POSITIVE_INFINITY }));
    },
    take(point): GithubFault | undefined {
      const found = planned.find(({ fault, left }) => left > 0 && concerns(fault, point));
      if (found === undefined) return undefined;
      found.left -= 1;
      return found.fault;
    },
  };
  plan.set(faults);
  return plan;
}

function concerns({ on }: GithubFault, point: FaultPoint): boolean {
  return on === "any" || on === point || (on === "versions" && point === "versions-page");
}

/** What the fault makes of the right answer; `undefined` where there is none. */
export function faultyAnswer(
  { behave }: GithubFault,
  right: ApiAnswer,
  url: URL,
): ApiAnswer | "hang" | "disconnect" {
  const link = (target: string): ApiAnswer => ({
    ...right,
    headers: { ...right.headers, link: `<${target}>; rel="next"` },
  });
  switch (behave) {
    case "hang":
    case "disconnect":
      return behave;
    case "unauthorized":
      return messageAnswer(401, "Bad credentials");
    case "forbidden":
      return messageAnswer(403, "Resource not accessible by personal access token");
    case "not-found":
      return messageAnswer(404, "Not Found");
    case "rate-limited":
      return messageAnswer(403, "API rate limit exceeded for user ID 1.", exhausted());
    case "secondary-limit":
      return messageAnswer(403, "You have exceeded a secondary rate limit.", {
        "retry-after": "30",
      });
    case "server-error":
      return messageAnswer(502, "Server Error");
    case "garbage":
      return { status: 200, headers: { "content-type": "text/html" }, body: "<!doctype html>" };
    case "foreign-link":
      return link("https://elsewhere.example/packages?page=2");
    case "circular-link":
      break;
  }
  return link(url.href);
}

function exhausted(): Readonly<Record<string, string>> {
  const reset = Math.ceil(Date.now() / 1000) + 600;
  return {
    "x-ratelimit-limit": "5000",
    "x-ratelimit-remaining": "0",
    "x-ratelimit-reset": `${reset}`,
  };
}
