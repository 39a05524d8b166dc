import type { CommitAuthor } from "@image-updater/core";
import type { CommitObject } from "isomorphic-git";

/**
 * A message as `git commit -F` stores it: no trailing blanks, no blank lines at either end, never two
 * in a row, a line feed at the end. An empty one becomes upstream's `Update parameters`.
 */
export function tidyCommitMessage(message: string): string {
  const lines = message
    .replaceAll("\0", "")
    .split(/\r?\n/u)
    .map((line) => line.trimEnd());
  const text = lines
    .join("\n")
    .replaceAll(/\n{3,}/gu, "\n\n")
    .replace(/^\n+|\n+$/gu, "");
  return `${text === "" ? "Update parameters" : text}\n`;
}

/** A name and an address and a moment, as a commit holds them; always in UTC. */
export function commitIdentity({ name, email }: CommitAuthor, now: Date): CommitObject["author"] {
  return {
    name: withoutDelimiters(name),
    email: withoutDelimiters(email),
    timestamp: Math.floor(now.getTime() / 1000),
    timezoneOffset: 0,
  };
}

/** What would end the field early is dropped, as Git does. */
function withoutDelimiters(text: string): string {
  return text.replaceAll(/[<>\p{Cc}]/gu, "").trim();
}
