import { ApplicationError, type ApplicationErrorCode } from "@image-updater/core";
import { z } from "zod";
import { parseJson } from "./decode-application.js";
import type { ApiAnswer } from "./exchange.js";

/** What is known of the request that an answer belongs to. */
export interface ErrorContext {
  readonly application: string;
  readonly origin: string;
  readonly method: "GET" | "PATCH";
  /** Makes text of the server fit for a message. */
  readonly clean: (text: string) => string;
}

/** How a gRPC gateway writes errors. */
const gatewayError = z.object({
  message: z.string().optional(),
  error: z.string().optional(),
  code: z.number(),
});

const NOT_FOUND = 5;
/** What is said of a patch that does not fit what is there now, by the library that applies it. */
const DOES_NOT_FIT =
  /error applying patch|testing value |test failed|operation does not apply|unable to (?:access|find) |error in \w+ for path/iu;
/** What a healthy server says of others that it needs: the host of a repository, its repo-server. */
const OUTAGE =
  /repository not accessible|code = (?:Unavailable|DeadlineExceeded|ResourceExhausted)|context deadline exceeded|connection re(?:fused|set)|i\/o timeout|TLS handshake timeout|no such host/iu;
/** What is said when others were faster too often. */
const OVERTAKEN = /too many conflicts|object has been modified/iu;

/** The error that an answer other than 200 stands for; a denial as {@link isBareDenial} has it explained. */
export function answerError(
  answer: ApiAnswer,
  context: ErrorContext,
  denial: Meaning = UNEXPLAINED,
): ApplicationError {
  const { application, origin, clean } = context;
  const { data } = gatewayError.safeParse(parseJson(answer.text));
  const said = data?.message ?? data?.error ?? "";
  const refusal = { status: answer.status, grpc: data?.code, said };
  const [code, reason] = isBareDenial(answer) ? denial : meaningOf(refusal, context);
  const words = said === "" ? "" : `: ${clean(said)}`;
  const message = `${application}: ${origin} ${reason} (HTTP ${answer.status})${words}`;
  return new ApplicationError(code, message, { application });
}

interface Refusal {
  readonly status: number;
  /** Undefined where the answer is not that of a gRPC gateway. */
  readonly grpc: number | undefined;
  readonly said: string;
}

/** What an answer means: `reason` goes on after the name of the server. */
export type Meaning = readonly [code: ApplicationErrorCode, reason: string];

function meaningOf({ status, grpc, said }: Refusal, { method }: ErrorContext): Meaning {
  const isLostRace = status === 409 || OVERTAKEN.test(said) || DOES_NOT_FIT.test(said);
  if (method === "PATCH" && status >= 400 && isLostRace) {
    return ["conflict", "has another state of the Application than the patch was made for"];
  }
  if (status === 401) return ["unauthorized", "refuses the token"];
  if (status === 403) return ["forbidden", "does not allow it to the token"];
  if (status === 404) return missing(grpc);
  if (status === 408 || status === 429) return ["unavailable", "asks to try again later"];
  if (status >= 400 && OUTAGE.test(said)) {
    return ["unavailable", "cannot reach the repository or its own repo-server: an outage"];
  }
  if (status >= 500) return ["unavailable", "failed"];
  if (status >= 400) return ["rejected", "refuses the request"];
  return [
    "invalid-response",
    "did not answer as an Argo CD API server; are url and rootPath right?",
  ];
}

const UNEXPLAINED: Meaning = [
  "not-found",
  "has no such Application, or its token may not get it (applications, get), or its Kubernetes API does not answer",
];

/**
 * Whether an answer is the 403 without a reason, which Argo CD gives who may not see an Application, who
 * asks for one that is not there, and everybody while its Kubernetes API does not answer.
 */
export function isBareDenial({ status, text }: ApiAnswer): boolean {
  if (status !== 403) return false;
  const { data } = gatewayError.safeParse(parseJson(text));
  return (data?.message ?? data?.error)?.trim().toLowerCase() === "permission denied";
}

/** A page that is not there says nothing of Applications. */
function missing(grpc: number | undefined): Meaning {
  if (grpc === NOT_FOUND) return ["not-found", "has no such Application"];
  return ["invalid-response", "has no API at this address; are url and rootPath right?"];
}
