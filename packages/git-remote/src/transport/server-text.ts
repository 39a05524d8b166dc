import { createRedactor, serverWords } from "@image-updater/http";

const MAX_LENGTH = 1000;

/**
 * Text of a server, fit for a message: without secrets in any form, colours and control characters, and
 * short.
 *
 * The prefix `remote:` and the padding that forges draw boxes with are dropped.
 */
export function cleanServerText(text: string, secrets: readonly string[]): string {
  const redactor = createRedactor();
  for (const secret of secrets) redactor.hide(secret);
  // Over line breaks too: a server may fold what it says.
  const lines = redactor
    .redact(text)
    .split(/[\r\n]+/u)
    .map((line) => serverWords(line, { redactor, longest: MAX_LENGTH }).replace(/^remote: ?/u, ""))
    .filter((line) => line !== "");
  const joined = lines.join("; ");
  return joined.length > MAX_LENGTH ? `${joined.slice(0, MAX_LENGTH)}...` : joined;
}
