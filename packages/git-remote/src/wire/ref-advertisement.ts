import { ProtocolError } from "../protocol-error.js";
import { featuresOfVersion0, type ServerFeatures } from "./server-features.js";

const HEAD_SYMREF = "symref=HEAD:refs/heads/";

/** What a server holds, and what it can do with it. */
export interface RefAdvertisement {
  /** Object id by full reference name: all references, or those that were asked for. */
  readonly refs: ReadonlyMap<string, string>;
  /** Branch that the remote's HEAD names. */
  readonly head: string | undefined;
  /** Branches at HEAD's commit, where the server does not say which of them it names and none stands out. */
  readonly headChoices?: readonly string[] | undefined;
  readonly features: ServerFeatures;
}

/** Reads what `git-upload-pack` says first in protocol version 0 or 1 (gitprotocol-pack), line by line. */
export function decodeRefAdvertisement(lines: readonly string[]): RefAdvertisement {
  const list = lines[0] === "version 1" ? lines.slice(1) : lines;
  const [first = "", capabilityText = ""] = (list[0] ?? "").split("\0");
  const capabilities = capabilityText.split(" ").filter((capability) => capability !== "");
  const refs = new Map<string, string>();
  for (const line of [first, ...list.slice(1)]) addRef(refs, line);
  return { refs, ...headBranch(refs, capabilities), features: featuresOfVersion0(capabilities) };
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

const HEADS = "refs/heads/";
/** What default branches are called, before others; as Git, which takes any other one, too. */
const USUAL_NAMES = ["main", "master"];

function headBranch(
  refs: ReadonlyMap<string, string>,
  capabilities: readonly string[],
): Pick<RefAdvertisement, "head" | "headChoices"> {
  const symref = capabilities.find((capability) => capability.startsWith(HEAD_SYMREF));
  if (symref !== undefined) return { head: symref.slice(HEAD_SYMREF.length) };
  // Servers without the symref capability: HEAD is one of the branches at its commit.
  const oid = refs.get("HEAD");
  const named = [...refs]
    .filter(([name, id]) => name.startsWith(HEADS) && id === oid)
    .map(([name]) => name.slice(HEADS.length));
  const usual = USUAL_NAMES.find((name) => named.includes(name));
  if (usual !== undefined || named.length <= 1) return { head: usual ?? named[0] };
  return { head: undefined, headChoices: named };
}
