import { ProtocolError } from "../protocol-error.js";

/** A name, an address and a moment, as a commit holds them; always in UTC. */
export interface CommitIdentity {
  readonly name: string;
  readonly email: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
}

/** A commit on top of another one. */
export interface CommitObject {
  readonly tree: string;
  readonly parent: string;
  readonly author: CommitIdentity;
  readonly committer: CommitIdentity;
  /** As it is stored: it ends in a line feed. */
  readonly message: string;
}

/** What matters of a commit that is there. */
export interface CommitFacts {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly authorEmail: string;
  readonly committerEmail: string;
  readonly message: string;
}

/**
 * The bytes of a commit; with a signature in the header `gpgsig`, after the committer (gitformat-signature).
 *
 * What is signed are the bytes without it.
 */
export function encodeCommit(commit: CommitObject, signature?: string): Uint8Array {
  const { tree, parent, author, committer, message } = commit;
  const headers = [
    `tree ${tree}`,
    `parent ${parent}`,
    `author ${encodeIdentity(author)}`,
    `committer ${encodeIdentity(committer)}`,
    // Lines after the first begin with a blank.
    ...(signature === undefined ? [] : [`gpgsig ${signature.trimEnd().replaceAll("\n", "\n ")}`]),
  ];
  return Buffer.from(`${headers.join("\n")}\n\n${message}`);
}

/** Reads the bytes of a commit. Throws `ProtocolError` when they are none. */
export function decodeCommit(oid: string, content: Uint8Array): CommitFacts {
  const text = Buffer.from(content).toString("utf8");
  const end = text.indexOf("\n\n");
  const lines = (end < 0 ? text : text.slice(0, end)).split("\n");
  const valuesOf = (name: string): readonly string[] =>
    lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
  const [tree] = valuesOf("tree");
  const parents = valuesOf("parent");
  if (tree === undefined || ![tree, ...parents].every((id) => /^[0-9a-f]{40}$/u.test(id))) {
    throw new ProtocolError(`commit ${oid} is malformed`);
  }
  return {
    tree,
    parents,
    authorEmail: emailOf(valuesOf("author")[0]),
    committerEmail: emailOf(valuesOf("committer")[0]),
    message: end < 0 ? "" : text.slice(end + 2),
  };
}

function encodeIdentity({ name, email, timestamp }: CommitIdentity): string {
  return `${name} <${email}> ${timestamp} +0000`;
}

function emailOf(identity: string | undefined): string {
  return /<([^<>]*)>/u.exec(identity ?? "")?.[1] ?? "";
}
