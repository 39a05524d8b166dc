import type { Redactor } from "./redactor.js";

/** How a server's own words come into a message. */
export interface ServerWordsOptions {
  /** Hides what we told the server, who may say it again. Default: nothing is hidden. */
  readonly redactor?: Pick<Redactor, "redact"> | undefined;
  /** Most characters; default 500. */
  readonly longest?: number | undefined;
}

/** More than this of a text is not looked at. */
const LOOKED_AT = 16_384;

/**
 * A server's own words, fit for a message: in one line, short, and without secrets, colours, control
 * characters, the queries of URLs, which may be signed, and the user information in them.
 */
export function serverWords(text: string, options: ServerWordsOptions = {}): string {
  const { redactor, longest = 500 } = options;
  // What cannot be seen goes first: it might stand inside of a secret.
  const visible = text
    .slice(0, LOOKED_AT)
    .replaceAll(/\p{Cc}\[[0-9;]*[A-Za-z]/gu, "")
    .replaceAll(/\p{Cf}/gu, "");
  const line = redactUrls(redactor?.redact(visible) ?? visible)
    .replaceAll(/[\p{Cc}\s]+/gu, " ")
    .trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}

/** The text with neither user information nor query in its URLs. Linear in its length. */
export function redactUrls(text: string): string {
  const parts = text.split("://");
  const [head = "", ...rest] = parts;
  return [head, ...rest.map((part) => redactAfterScheme(part))].join("://");
}

/** What follows `://`: up to the first character that ends a URL, without what stands before an `@`. */
function redactAfterScheme(text: string): string {
  const end = text.search(/[\s"'<>]/u);
  const url = end === -1 ? text : text.slice(0, end);
  const rest = end === -1 ? "" : text.slice(end);
  const pathStart = url.search(/[/?#]/u);
  const authority = pathStart === -1 ? url : url.slice(0, pathStart);
  const path = pathStart === -1 ? "" : url.slice(pathStart);
  const query = path.indexOf("?");
  const shownPath = query === -1 ? path : `${path.slice(0, query)}?…`;
  return authority.slice(authority.lastIndexOf("@") + 1) + shownPath + rest;
}
