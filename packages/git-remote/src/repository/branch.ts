import { GitRemoteError } from "../git-remote-error.js";
import type { RefAdvertisement } from "../wire/ref-advertisement.js";

/** Names of branches, as configured. */
export interface BranchNames {
  /** Branch to read; absent means the branch the remote's HEAD names. */
  readonly base?: string | undefined;
  /** Branch to push; absent means the one that is read. */
  readonly branch?: string | undefined;
}

/** Which branch is pushed and, while it does not exist, which one it starts from. */
export interface BranchTarget {
  readonly branch: string;
  readonly base: string;
}

/** The commit that edits go on top of. */
export interface BranchStart {
  readonly oid: string;
  /** Whether the branch to push is there already. */
  readonly exists: boolean;
}

const HEADS = "refs/heads/";
const TAGS = "refs/tags/";
/** A name longer than this is of no reference that a server could hold as a file. */
const LONGEST_NAME = 1000;

/**
 * Names the branches of a location: nothing or `HEAD` as base means the branch that the remote's HEAD
 * names, no branch to push means the base.
 *
 * Throws `branch-not-found` when HEAD names none and `invalid-branch` for a name Git refuses.
 */
export function resolveBranch(
  target: string,
  { base, branch }: BranchNames,
  { head, headChoices, refs }: HeadOfRemote,
): BranchTarget {
  const readFrom = shortName(base);
  const pushTo = shortName(branch);
  if (pushTo !== undefined && !isBranchName(pushTo)) {
    const message = `${target}: "${pushTo}" is not a valid branch name`;
    throw new GitRemoteError("invalid-branch", message, { target, branch: pushTo });
  }
  const resolved = readFrom ?? head;
  // A branch that is there is extended without asking for a base.
  if (resolved === undefined && pushTo !== undefined) return { branch: pushTo, base: pushTo };
  if (resolved === undefined) {
    const message = `${target}: ${reasonOfNoHead(headChoices, refs)}; name the base branch`;
    throw new GitRemoteError("branch-not-found", message, { target });
  }
  return { branch: pushTo ?? resolved, base: resolved };
}

type HeadOfRemote = Pick<RefAdvertisement, "head" | "headChoices"> &
  Partial<Pick<RefAdvertisement, "refs">>;

/** So many of the branches that HEAD may name are told. */
const SHOWN_CHOICES = 5;

function reasonOfNoHead(
  choices: readonly string[] = [],
  refs: ReadonlyMap<string, string> = new Map(),
): string {
  if (choices.length > 0) {
    const shown = choices.slice(0, SHOWN_CHOICES).join(", ");
    const more = choices.length > SHOWN_CHOICES ? ", ..." : "";
    return `the default branch is not known, because the server does not say what its HEAD names, and ${choices.length} branches are at the commit of HEAD: ${shown}${more}`;
  }
  return refs.has("HEAD")
    ? "there is no default branch (its HEAD is at a commit, and names no branch)"
    : "there is no default branch (its HEAD names no branch with a commit)";
}

/** Where a branch starts. Throws `branch-not-found` when neither it nor its base exists. */
export function findStart(
  target: string,
  { branch, base }: BranchTarget,
  { refs }: Pick<RefAdvertisement, "refs">,
): BranchStart {
  const present = refs.get(HEADS + branch);
  if (present !== undefined) return { oid: present, exists: true };
  const start = refs.get(HEADS + base);
  if (start !== undefined) return { oid: start, exists: false };
  const message = `${target} has no branch "${base}"${explanation(base, refs)}`;
  throw new GitRemoteError("branch-not-found", message, { target, branch: base });
}

/** Full name of a branch's reference. */
export function branchRef(branch: string): string {
  return HEADS + branch;
}

/** Full name of the reference of a tag that may be written either way. */
export function tagRef(name: string): string {
  return name.startsWith(TAGS) ? name : TAGS + name;
}

/** Whether Git accepts a name for a branch (git-check-ref-format, `--branch`). */
export function isBranchName(name: string): boolean {
  if (name.length > LONGEST_NAME) return false;
  if (name === "@" || name === "HEAD" || name.startsWith("-") || name.endsWith(".")) return false;
  if (/[\p{Cc} ~^:?*[\\]|\.\.|@\{/u.test(name)) return false;
  return name
    .split("/")
    .every((part) => part !== "" && !part.startsWith(".") && !part.endsWith(".lock"));
}

/** The name of a branch as configured, short; `undefined` for what HEAD names. */
export function shortName(name: string | undefined): string | undefined {
  if (name === undefined || name === "" || name === "HEAD") return undefined;
  return name.startsWith(HEADS) ? name.slice(HEADS.length) : name;
}

function explanation(name: string, refs: ReadonlyMap<string, string>): string {
  if (refs.has(tagRef(name))) return "; that is a tag, and only a branch can be written to";
  if (/^[0-9a-f]{7,40}$/iu.test(name)) {
    return "; that looks like a commit id, and only a branch can be written to";
  }
  return "";
}
