import { ProtocolError } from "../protocol-error.js";
import { featuresOfVersion0, type ServerFeatures } from "./server-features.js";

const HEAD_SYMREF = "symref=HEAD:refs/heads/";

/** What a server holds, and what it can do with it. */
export interface RefAdvertisement {
  /** Object id by full reference name: all references, or those that were asked for. */
  readonly refs: ReadonlyMap<string, string>;
  /** Branch that the remote's HEAD names. */
  readonly head: string | undefined;
  readonly features: ServerFeatures;
}

/** Reads what `git-upload-pack` says first in protocol version 0 or 1 (gitprotocol-pack), line by line. */
export function decodeRefAdvertisement(lines: readonly string[]): RefAdvertisement {
  const list = lines[0] === "version 1" ? lines.slice(1) : lines;
  const [first = "", capabilityText = ""] = (list[0] ?? "").split("\0");
  const capabilities = capabilityText.split(" ").filter((capability) => capability !== "");
  const refs = new Map<string, string>();
  for (const line of [first, ...list.slice(1)]) addRef(refs, line);
  return {
    refs,
    head: headBranch(refs, capabilities),
    features: featuresOfVersion0(capabilities),
  };
}

function addRef(refs: Map<string, string>, line: string): void {
  if (line === "") return;
  const match = /^([0-9a-f]{40}(?:[0-9a-f]{24})?) (.+)$/u.exec(line);
  if (match === null) {
    if (line.startsWith("shallow ")) return;
    throw new ProtocolError("a line of the list of branches is malformed");
  }
  const [, oid = "", name = ""] = match;
  if (name !== "capabilities^{}" && !name.endsWith("^{}")) refs.set(name, oid);
}

function headBranch(
  refs: ReadonlyMap<string, string>,
  capabilities: readonly string[],
): string | undefined {
  const symref = capabilities.find((capability) => capability.startsWith(HEAD_SYMREF));
  if (symref !== undefined) return symref.slice(HEAD_SYMREF.length);
  // Servers without the symref capability: the one branch at HEAD's commit is what HEAD names.
  const oid = refs.get("HEAD");
  const named = [...refs].filter(([name, id]) => name.startsWith("refs/heads/") && id === oid);
  return named.length === 1 ? named[0]?.[0].slice("refs/heads/".length) : undefined;
}
