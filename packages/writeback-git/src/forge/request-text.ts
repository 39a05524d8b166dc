import type { WriteBackChange } from "@image-updater/core";
import { messageOfChanges, splitMessage, tidyCommitMessage } from "../change/commit-text.js";

/** What people read of a pull request. */
export interface RequestText {
  readonly title: string;
  readonly body: string;
}

/** As Argo CD Image Updater; forges allow a little more. */
const LONGEST_TITLE = 255;
const LONGEST_BODY = 65_536;

/**
 * The title and body of a pull request out of the commit messages of its changes.
 *
 * Of one change: the first line and the rest, as Argo CD Image Updater; without a message
 * `chore: update images for <namespace>/<name>`. Of several: a title for all, and each under the name
 * of its application.
 */
export function requestText(changes: readonly WriteBackChange[]): RequestText {
  const [first, ...others] = changes;
  if (first === undefined) return { title: "", body: "" };
  if (others.length === 0) return cutText(textOf(first));
  const { subject: title } = splitMessage(messageOfChanges(changes));
  const parts = changes.map((change) => {
    const { title: subject, body } = textOf(change);
    return `### ${nameOf(change)}\n\n${body === "" ? subject : body}`;
  });
  return cutText({ title, body: parts.join("\n\n") });
}

function textOf(change: WriteBackChange): RequestText {
  if (change.message.trim() === "") {
    return { title: `chore: update images for ${nameOf(change)}`, body: "" };
  }
  const { subject, body } = splitMessage(tidyCommitMessage(change.message));
  return { title: subject, body };
}

function nameOf({ application: { namespace, name } }: WriteBackChange): string {
  return `${namespace}/${name}`;
}

function cutText({ title, body }: RequestText): RequestText {
  return { title: cut(title, LONGEST_TITLE).trim(), body: cut(body, LONGEST_BODY).trim() };
}

/** The start of a text, without half a character at its end. */
function cut(text: string, length: number): string {
  return text.slice(0, length).replace(/[\uD800-\uDBFF]$/u, "");
}

const CLOSED_BY_US = "<!-- image-updater: closed, for another one took its place -->";

/** The body of a pull request that this package closes, told by its end from one a person closed. */
export function bodyOfClosed(body: string): string {
  const rest = withoutMark(body);
  const mark = rest === "" ? CLOSED_BY_US : `\n\n${CLOSED_BY_US}`;
  return `${cut(rest, LONGEST_BODY - mark.length)}${mark}`;
}

/** Whether {@link bodyOfClosed} made a body. */
export function isClosedByUs(body: string): boolean {
  return body.trimEnd().endsWith(CLOSED_BY_US);
}

function withoutMark(body: string): string {
  return isClosedByUs(body) ? body.trimEnd().slice(0, -CLOSED_BY_US.length).trimEnd() : body;
}

/**
 * The title to set where the present one differs; `undefined` where it is right.
 *
 * The mark of a draft is a person's, and stays.
 */
export function titleToSet(present: string, wanted: string): string | undefined {
  const mark = DRAFT.exec(present)?.[0] ?? "";
  const fitting = cut(wanted, LONGEST_TITLE - mark.length).trim();
  return present.slice(mark.length).trim() === fitting ? undefined : `${mark}${fitting}`;
}

/** As GitLab (`Draft:`) and Gitea (`WIP:`) mark drafts. */
const DRAFT = /^(?:(?:draft|wip):\s*|\[(?:draft|wip)\]\s*)+/iu;

/** Whether two bodies say the same: forges change the ends of lines and texts. */
export function isSameBody(left: string, right: string): boolean {
  return plain(left) === plain(right);
}

function plain(text: string): string {
  return text.replaceAll("\r\n", "\n").trim();
}
