import { errorAnswer, type ApiAnswer } from "./api-message.js";

/** Calls that are refused for coming too often. */
export interface Throttling {
  /** Default every action of the container registry and of the Security Token Service. */
  readonly action?: string | undefined;
  /** How often; default once. */
  readonly times?: number | undefined;
  /** What `x-acs-retry-after` says; default it is not there. */
  readonly retryAfterMs?: number | undefined;
}

/** The refusals that are still to come. */
export interface ThrottlePlan {
  add(throttling: Throttling): void;
  /** The refusal that the action earns, counted as having happened. */
  refuse(action: string): ApiAnswer | undefined;
}

/** A plan with nothing in it. */
export function createThrottlePlan(): ThrottlePlan {
  const planned: { readonly throttling: Throttling; left: number }[] = [];
  return {
    add(throttling): void {
      planned.push({ throttling, left: throttling.times ?? 1 });
    },
    refuse(action): ApiAnswer | undefined {
      const found = planned.find(
        ({ throttling, left }) => left > 0 && (throttling.action ?? action) === action,
      );
      if (found === undefined) return undefined;
      found.left -= 1;
      const answer = errorAnswer(400, "Throttling.User", "Request was denied due to flow control.");
      const { retryAfterMs } = found.throttling;
      if (retryAfterMs === undefined) return answer;
      return { ...answer, headers: { "x-acs-retry-after": String(retryAfterMs) } };
    },
  };
}
