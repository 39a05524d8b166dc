import type { CommitAuthor, WriteBackChange } from "@image-updater/core";
import type { CommitIdentity } from "@image-updater/git-remote";

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
    .replace(/^\n+|(?<!\n)\n+$/gu, "");
  return `${text === "" ? "Update parameters" : text}\n`;
}

/**
 * The message of a commit that holds these changes: that of the only one; else a title that counts
 * the applications, and what each message says below its own title.
 */
export function messageOfChanges(changes: readonly WriteBackChange[]): string {
  const [only, ...others] = changes;
  if (only !== undefined && others.length === 0) return tidyCommitMessage(only.message);
  const messages = changes.map(({ message }) => splitMessage(tidyCommitMessage(message)));
  const names = changes.map(({ application: { namespace, name } }) => `${namespace}/${name}`);
  const count = new Set(names).size;
  const subject =
    count === 1 ? (messages[0]?.subject ?? "") : `build: automatic update of ${count} applications`;
  // Of a message that is only a title, that is all there is to say.
  const bodies = messages.map((message) => (message.body === "" ? message.subject : message.body));
  return `${subject}\n\n${bodies.join("\n\n")}\n`;
}

/** A message taken apart: its first line, and what stands below it. */
export interface MessageParts {
  readonly subject: string;
  readonly body: string;
}

/** Takes a tidy message apart at its first line feed. */
export function splitMessage(message: string): MessageParts {
  const [subject = "", ...rest] = message.split("\n");
  return { subject, body: rest.join("\n").replace(/^\n+|(?<!\n)\n+$/gu, "") };
}

/** A name and an address and a moment, as a commit holds them; always in UTC. */
export function commitIdentity(author: CommitAuthor, now: Date): CommitIdentity {
  return { ...cleanAuthor(author), timestamp: Math.floor(now.getTime() / 1000) };
}

/** A name and an address on one line; what would end the field early is dropped, as Git does. */
export function cleanAuthor({ name, email }: CommitAuthor): CommitAuthor {
  return { name: withoutDelimiters(name), email: withoutDelimiters(email) };
}

/**
 * Who commits these changes: the author that all of them name, else the given one.
 *
 * As upstream, a name without an address, or the reverse, is not an author.
 */
export function authorOf(
  changes: readonly WriteBackChange[],
  otherwise: CommitAuthor,
): CommitAuthor {
  const [first, ...others] = changes.map(({ author }) => (isComplete(author) ? author : undefined));
  const isShared = others.every(
    (other) => other?.name === first?.name && other?.email === first?.email,
  );
  return first !== undefined && isShared ? first : otherwise;
}

function isComplete(author: CommitAuthor | undefined): author is CommitAuthor {
  return author !== undefined && author.name.trim() !== "" && author.email.trim() !== "";
}

function withoutDelimiters(text: string): string {
  return text.replaceAll(/[<>\p{Cc}]/gu, "").trim();
}
