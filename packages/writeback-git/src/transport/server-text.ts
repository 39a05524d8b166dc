const MAX_LENGTH = 1000;

/**
 * Text of a server, fit for a message: without secrets, colours and control characters, and short.
 *
 * The prefix `remote:` and the padding that forges draw boxes with are dropped.
 */
export function cleanServerText(text: string, secrets: readonly string[]): string {
  let clean = text.replaceAll(/\p{Cc}\[[0-9;]*[A-Za-z]/gu, "");
  for (const secret of secrets) {
    if (secret !== "") clean = clean.replaceAll(secret, "[secret]");
  }
  const lines = clean
    .split(/[\r\n]+/u)
    .map((line) =>
      line
        .replaceAll(/\p{Cc}/gu, " ")
        .replace(/^remote: ?/u, "")
        .trim(),
    )
    .filter((line) => line !== "");
  const joined = lines.join("; ");
  return joined.length > MAX_LENGTH ? `${joined.slice(0, MAX_LENGTH)}...` : joined;
}
