import type { Forge, ForgePullRequest } from "./forge.js";
import { hasOnlyOwnCommits, type OwnCommits } from "./has-only-own-commits.js";
import { bodyOfClosed, isClosedByUs } from "./request-text.js";
import { summarizeFailure } from "../write-back-failure.js";

/** What decides which pull requests are closed. */
export interface Superseding extends OwnCommits {
  readonly forge: Forge;
  readonly supersede: "close" | "keep";
  readonly wanted: ReadonlySet<string>;
}

/**
 * Closes open pull requests for the same target and base, whose place the given one takes, and says in a
 * comment which one that is. Answers notes on those that stay open; never throws.
 *
 * They are told by their branches: `image-updater-<key of the target>-…`. One stays open when its branch
 * is wanted by others of this call, when somebody else committed to it, and when it was closed before:
 * a person opened it again.
 */
export async function supersede(
  work: Superseding,
  current: ForgePullRequest,
): Promise<readonly string[]> {
  const prefix = TARGET_PREFIX.exec(current.head)?.[0];
  if (work.supersede === "keep" || prefix === undefined) return [];
  const notes: string[] = [];
  try {
    const open = await work.forge.list({ base: current.base, state: "open" }, work.signal);
    const superseded = open.filter(
      ({ head, body }) =>
        head.startsWith(prefix) &&
        head !== current.head &&
        !work.wanted.has(head) &&
        !isClosedByUs(body),
    );
    for (const old of superseded) notes.push(...(await closeOne(work, old, current)));
  } catch (error) {
    const { message } = summarizeFailure(error);
    notes.push(`earlier pull requests for the same files may still be open: ${message}`);
  }
  return notes;
}

/** Branches of pull requests, as Argo CD Image Updater names them, up to what tells updates apart. */
const TARGET_PREFIX = /^image-updater-[0-9a-f]{8}-/u;

async function closeOne(
  work: Superseding,
  old: ForgePullRequest,
  current: ForgePullRequest,
): Promise<readonly string[]> {
  const what = `pull request ${old.number} (${old.url})`;
  try {
    if (!(await hasOnlyOwnCommits(work, old))) {
      return [`${what} is out of date, and stays open: somebody else committed to ${old.head}`];
    }
    const comment = `Closed, for a newer update takes its place: ${current.url}`;
    await work.forge.close(old.number, { body: bodyOfClosed(old.body), comment }, work.signal);
    return [];
  } catch (error) {
    return [`${what} is out of date, and could not be closed: ${summarizeFailure(error).message}`];
  }
}
