import type { CommitAuthor } from "@image-updater/core";

/**
 * Ends a message with `Signed-off-by: name <email>`, as `git commit -s` does.
 *
 * The line joins a block of trailers that ends the message, else it begins one. One that is in the
 * block already is not repeated. The message is one that ends in a line feed.
 */
export function addSignOff(message: string, { name, email }: CommitAuthor): string {
  const line = `Signed-off-by: ${name} <${email}>`;
  const block = trailerBlock(message);
  if (block.includes(line) || message === `${line}\n`) return message;
  return `${message}${block.length > 0 ? "" : "\n"}${line}\n`;
}

/** How many lines that are not trailers a block holds at most for each that is one. */
const OTHERS_PER_TRAILER = 3;

/**
 * The lines of the last paragraph, if it is a block of trailers (git-interpret-trailers): never the
 * title; all of them trailers, or a quarter if one is of Git's own making.
 */
function trailerBlock(message: string): readonly string[] {
  const paragraphs = message.trimEnd().split("\n\n");
  const lines = paragraphs.length < 2 ? [] : (paragraphs.at(-1)?.split("\n") ?? []);
  const kinds = lines.map((line) => kindOf(line));
  let trailers = 0;
  let others = 0;
  let isInside = false;
  for (const kind of kinds) {
    // A line that is indented goes on with the trailer above it.
    if (kind !== "indented") isInside = kind === "trailer" || kind === "of Git";
    if (!isInside) others += 1;
    else if (kind !== "indented") trailers += 1;
  }
  const isMixed = kinds.includes("of Git") && others <= trailers * OTHERS_PER_TRAILER;
  return (trailers > 0 && others === 0) || isMixed ? lines : [];
}

type LineKind = "of Git" | "trailer" | "indented" | "other";

function kindOf(line: string): LineKind {
  if (/^(?:Signed-off-by: |\(cherry picked from commit )/u.test(line)) return "of Git";
  if (/^[A-Za-z0-9-]+[ \t]*:/u.test(line)) return "trailer";
  return /^\s/u.test(line) ? "indented" : "other";
}
