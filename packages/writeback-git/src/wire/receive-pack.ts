import { ProtocolError } from "../protocol-error.js";
import {
  decodePackets,
  encodePacket,
  FLUSH,
  packetText,
  readPackets,
  type Packet,
} from "./pkt-line.js";

/** The id that stands for "does not exist". */
export const ZERO_OID: string = "0".repeat(40);

/** Moves one reference from the commit it was read at to a new one: a compare-and-swap. */
export interface PushCommand {
  /** Full name: `refs/heads/main`. */
  readonly ref: string;
  /** Commit the reference must still be at; `ZERO_OID` when it must not exist yet. */
  readonly expected: string;
  readonly next: string;
  /** The objects that the server lacks. */
  readonly pack: Uint8Array;
}

/** The server's verdict. `said` is what it wrote for people: hooks, quotas, links. */
export type PushReport =
  | { readonly kind: "accepted"; readonly said: string }
  | {
      readonly kind: "refused";
      /** What it would not take: the objects, or the move of the reference. */
      readonly what: "pack" | "reference";
      readonly reason: string;
      readonly said: string;
    };

const CAPABILITIES = "report-status side-band-64k object-format=sha1 agent=image-updater-sdk";

/** The request body of `git-receive-pack` (gitprotocol-pack, "Reference Update Request"). */
export function encodePush({ ref, expected, next, pack }: PushCommand): Uint8Array {
  const command = encodePacket(`${expected} ${next} ${ref}\0 ${CAPABILITIES}`);
  return Buffer.concat([command, FLUSH, pack]);
}

/**
 * Reads the report of a push of one reference, with or without side bands.
 *
 * Only a report that says `unpack ok` and `ok <ref>` is a success; one that says neither throws
 * `ProtocolError`, because the outcome is then unknown.
 */
export async function readPushReport(
  answer: AsyncIterable<Uint8Array>,
  ref: string,
): Promise<PushReport> {
  const packets: Packet[] = [];
  for await (const packet of readPackets(answer)) packets.push(packet);
  const { report, said } = separateBands(packets);
  const lines = report.map((line) => packetText(line));
  const unpack = lines.find((line) => line.startsWith("unpack "))?.slice("unpack ".length);
  if (unpack === undefined) throw new ProtocolError("the server sent no report of the push", said);
  if (unpack !== "ok") return { kind: "refused", what: "pack", reason: `unpack: ${unpack}`, said };
  if (lines.includes(`ok ${ref}`)) return { kind: "accepted", said };
  const refusal = lines.find((line) => line.startsWith(`ng ${ref}`));
  if (refusal === undefined) throw new ProtocolError(`the report does not mention ${ref}`, said);
  const reason = refusal.slice(`ng ${ref} `.length);
  return { kind: "refused", what: "reference", reason, said };
}

function separateBands(packets: readonly Packet[]): {
  readonly report: readonly Uint8Array[];
  readonly said: string;
} {
  const plain: Uint8Array[] = [];
  const framed: Uint8Array[] = [];
  const spoken: Uint8Array[] = [];
  for (const packet of packets) {
    if (typeof packet === "string") continue;
    const band = packet[0];
    if (band === 1) framed.push(packet.subarray(1));
    else if (band === 2 || band === 3) spoken.push(packet.subarray(1));
    else plain.push(packet);
  }
  const inner = decodePackets(Buffer.concat(framed)).filter((packet) => typeof packet !== "string");
  return { report: [...plain, ...inner], said: Buffer.concat(spoken).toString("utf8") };
}
