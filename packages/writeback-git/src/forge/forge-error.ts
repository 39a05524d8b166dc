import { WriteBackError, type WriteBackErrorCode } from "@image-updater/core";
import type { z } from "zod";
import { cleanServerText } from "@image-updater/git-remote";
import { messageOfAnswer, type ForgeAnswer } from "./forge-answer.js";
import type { RateLimit } from "./rate-limit.js";

/** What messages of errors name, and what they must never hold. */
export interface ForgePlace {
  /** Name of the forge: `GitHub`. */
  readonly name: string;
  /** URL of the repository, without user information. */
  readonly target: string;
  readonly secrets: readonly string[];
}

/** The error that an answer stands for which was not expected. */
export function forgeError(
  place: ForgePlace,
  answer: ForgeAnswer,
  limited?: RateLimit,
): WriteBackError {
  const { name, target, secrets } = place;
  const [code, reason] = limited === undefined ? meaningOf(answer) : limitReached(limited);
  const said = cleanServerText(messageOfAnswer(answer), secrets);
  const words = said === "" ? "" : `: ${said}`;
  const message = `${target}: ${name}: ${reason} (HTTP ${answer.status})${words}`;
  return new WriteBackError(code, message, { target });
}

/** The data of an answer, or `invalid-response` with the place where it differs. */
export function decodeAnswer<T>(
  { name, target }: ForgePlace,
  schema: z.ZodType<T>,
  { body }: Pick<ForgeAnswer, "body">,
): T {
  const decoded = schema.safeParse(body);
  if (decoded.success) return decoded.data;
  const path = decoded.error.issues[0]?.path.join(".") ?? "";
  const where = body === undefined ? "is not JSON" : `is not as expected at "${path}"`;
  const message = `${target}: an answer of the API of ${name} ${where}; is its URL right?`;
  throw new WriteBackError("invalid-response", message, { target });
}

type Meaning = readonly [code: WriteBackErrorCode, reason: string];

function limitReached({ waitSeconds }: RateLimit): Meaning {
  const wait = waitSeconds === undefined ? "" : `, and to wait ${waitSeconds} s`;
  return ["unavailable", `it asks to send fewer requests${wait}`];
}

function meaningOf({ status }: ForgeAnswer): Meaning {
  if (status === 401) return ["unauthorized", "the token was refused"];
  if (status === 403) {
    return ["forbidden", "the token may not do this; it must be allowed to write pull requests"];
  }
  if (status === 404) return ["not-found", "no such repository, or none that the token may see"];
  if (status === 408) return ["timeout", "the API gave up waiting"];
  if (status >= 500) return ["unavailable", "the API failed"];
  if (status >= 400) return ["rejected", "the API refused the request"];
  return ["invalid-response", "the API answered in a way that is not expected"];
}
