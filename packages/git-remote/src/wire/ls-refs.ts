import { ProtocolError } from "../protocol-error.js";
import { DELIMITER, encodePacket, FLUSH, packetText, readPackets } from "./pkt-line.js";
import type { RefAdvertisement } from "./ref-advertisement.js";
import { commandLines, type ServerFeatures } from "./server-features.js";

const HEADS = "refs/heads/";

/** Asks for the references that begin with one of the prefixes (gitprotocol-v2, `ls-refs`). */
export function encodeLsRefs(features: ServerFeatures, prefixes: readonly string[]): Uint8Array {
  return Buffer.concat([
    ...commandLines("ls-refs", features).map((line) => encodePacket(line)),
    DELIMITER,
    encodePacket("symrefs\n"),
    ...prefixes.map((prefix) => encodePacket(`ref-prefix ${prefix}\n`)),
    FLUSH,
  ]);
}

/** Reads the answer to `ls-refs`. */
export async function readLsRefs(
  answer: AsyncIterable<Uint8Array>,
): Promise<Omit<RefAdvertisement, "features">> {
  const refs = new Map<string, string>();
  let head: string | undefined;
  for await (const packet of readPackets(answer)) {
    if (packet === "flush") return { refs, head };
    if (typeof packet === "string") continue;
    const { oid, name, symref } = decodeLine(packetText(packet));
    refs.set(name, oid);
    if (name !== "HEAD" || symref?.startsWith(HEADS) !== true) continue;
    // The branch itself may not have been asked for.
    refs.set(symref, oid);
    head = symref.slice(HEADS.length);
  }
  throw new ProtocolError("the answer ends early");
}

function decodeLine(line: string): {
  readonly oid: string;
  readonly name: string;
  readonly symref: string | undefined;
} {
  const [oid = "", name = "", ...attributes] = line.split(" ");
  if (!/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/u.test(oid) || name === "") {
    throw new ProtocolError("a line of the list of branches is malformed");
  }
  const symref = attributes.find((attribute) => attribute.startsWith(SYMREF));
  return { oid, name, symref: symref?.slice(SYMREF.length) };
}

const SYMREF = "symref-target:";
