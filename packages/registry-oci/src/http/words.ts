import { serverWords, type Redactor, redactUrl } from "@image-updater/http";
import type { HttpResponse } from "./http-message.js";

const LONGEST = 200;

/** What hides the secrets that a server was sent; default nothing is hidden. */
type Hider = Pick<Redactor, "redact"> | undefined;

/** The words of an answer, fit for a message: short, in one line, and without what was sent. */
export function wordsOf({ redactor }: Pick<HttpResponse, "redactor">, text: string): string {
  return saidBy(redactor, text);
}

/** The same for words that are no longer with their answer. */
export function saidBy(redactor: Hider, text: string): string {
  return serverWords(text, { redactor, longest: LONGEST });
}

/** A URL that a server named, fit for a message. */
export function urlSaidBy(redactor: Hider, url: URL): string {
  return saidBy(redactor, redactUrl(url));
}
