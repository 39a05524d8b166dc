const LONGEST = 500;

/** Text of a server, fit for a message: without the token, in one line, and short. */
export function cleanServerText(text: string, token: string): string {
  const line = text
    .replaceAll(token, "[token]")
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}
