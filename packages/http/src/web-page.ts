import type { HttpResponse } from "./http-message.js";

const HTML = /^\s*(?:text\/html|application\/xhtml\+xml)\b/i;
const HTML_START = /^\s*<(?:!doctype\b|html\b|head\b|body\b|title\b|h1\b)/i;

/** Whether the answer is a page for people: of a login, a gateway, or a server that is not a registry. */
export function isWebPage({ headers, body }: Pick<HttpResponse, "headers" | "body">): boolean {
  if (HTML.test(headers.get("content-type") ?? "")) return body.length > 0;
  return HTML_START.test(Buffer.from(body.subarray(0, 100)).toString("latin1"));
}
