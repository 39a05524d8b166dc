const HTML = /^\s*(?:text\/html|application\/xhtml\+xml)\b/i;
const HTML_START = /^\s*<(?:!doctype\b|html\b|head\b|body\b|title\b|h1\b)/i;

/** The part of an answer that tells a page. */
export interface PageParts {
  /** Names in lower case. */
  readonly headers: Pick<ReadonlyMap<string, string>, "get">;
  readonly body: Uint8Array;
}

/** Whether an answer is a page for people: of a login, a gateway, or a server of another kind. */
export function isWebPage({ headers, body }: PageParts): boolean {
  if (HTML.test(headers.get("content-type") ?? "")) return body.length > 0;
  return HTML_START.test(Buffer.from(body.subarray(0, 100)).toString("latin1"));
}
