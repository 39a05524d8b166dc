import { ProtocolError } from "../protocol-error.js";
import { decodePackets, encodePacket, FLUSH, packetText } from "./pkt-line.js";

const HEAD_SYMREF = "symref=HEAD:refs/heads/";

/** What a server says it holds before anything is fetched. */
export interface RefAdvertisement {
  /** Object id by full reference name. */
  readonly refs: ReadonlyMap<string, string>;
  /** Branch that the remote's HEAD names, even when it has no commit yet. */
  readonly head: string | undefined;
  readonly capabilities: readonly string[];
}

/** Reads the answer to `info/refs?service=git-upload-pack` of protocol version 0 or 1 (gitprotocol-pack). */
export function decodeRefAdvertisement(bytes: Uint8Array): RefAdvertisement {
  const lines = decodePackets(bytes).flatMap((packet) =>
    packet === "separator" ? [] : [packetText(packet)],
  );
  if (lines.shift() !== "# service=git-upload-pack") {
    throw new ProtocolError("the answer is not a list of branches");
  }
  if (lines[0] === "version 1") lines.shift();
  const [first = "", capabilityText = ""] = (lines.shift() ?? "").split("\0");
  const capabilities = capabilityText.split(" ").filter((capability) => capability !== "");
  const refs = new Map<string, string>();
  for (const line of [first, ...lines]) addRef(refs, line);
  return { refs, head: headBranch(refs, capabilities), capabilities };
}

/** An advertisement of one branch only, for a reader that need not see the others. */
export function encodeBranchAdvertisement(
  ref: string,
  oid: string,
  capabilities: readonly string[],
): Uint8Array {
  const kept = capabilities.filter((capability) => !capability.startsWith("symref="));
  const offered = [...kept, `symref=HEAD:${ref}`].join(" ");
  return Buffer.concat([
    encodePacket("# service=git-upload-pack\n"),
    FLUSH,
    encodePacket(`${oid} HEAD\0${offered}\n`),
    encodePacket(`${oid} ${ref}\n`),
    FLUSH,
  ]);
}

/** The value of `name=value` among capabilities. */
export function capabilityValue(capabilities: readonly string[], name: string): string | undefined {
  return capabilities
    .find((capability) => capability.startsWith(`${name}=`))
    ?.slice(name.length + 1);
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
