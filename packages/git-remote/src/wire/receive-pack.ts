import { ProtocolError } from "../protocol-error.js";
import {
  decodePackets,
  encodePacket,
  FLUSH,
  packetText,
  readPackets,
  type Packet,
} from "./pkt-line.js";
import { AGENT } from "./server-features.js";

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

/** What a server can do for a push, as `git-receive-pack` says it first. */
export interface PushOffer {
  /** Capabilities as the server wrote them. */
  readonly capabilities: readonly string[];
}

/** The server's verdict. `said` is what it wrote for people: hooks, quotas, links. */
export type PushReport =
  | { readonly kind: "accepted"; readonly said: string }
  /** The server makes no reports: the reference tells what became of the push. */
  | { readonly kind: "unreported"; readonly said: string }
  | {
      readonly kind: "refused";
      /** What it would not take: the objects, or the move of the reference. */
      readonly what: "pack" | "reference";
      readonly reason: string;
      readonly said: string;
    };

const SERVICE_LINE = "# service=";

/**
 * Reads what `git-receive-pack` says first up to its capabilities, with or without the line that HTTP
 * puts before it; the references after them are of no interest.
 */
export async function readPushOffer(answer: AsyncIterable<Uint8Array>): Promise<PushOffer> {
  let isFirst = true;
  for await (const packet of readPackets(answer)) {
    const line = packet instanceof Uint8Array ? packetText(packet) : packet;
    if (isFirst && line.startsWith(SERVICE_LINE)) {
      if (line !== `${SERVICE_LINE}git-receive-pack`) break;
    } else if (line !== "flush" && line !== "version 1") {
      // A server that offers nothing names its first reference, and no more.
      const [reference = "", capabilities = ""] = line.split("\0", 2);
      if (!/^[0-9a-f]{40}/u.test(reference)) break;
      return { capabilities: capabilities.split(" ").filter((name) => name !== "") };
    } else if (line === "flush" && isFirst) {
      break;
    }
    isFirst = false;
  }
  throw new ProtocolError("the answer is not what a server says before a push");
}

/** Whether a server takes packs with differences to what it has. */
export function takesThinPacks({ capabilities }: PushOffer): boolean {
  return !capabilities.includes("no-thin");
}

/** What is asked for where it is offered: some servers break off when anything else is named. */
function chosenCapabilities({ capabilities }: PushOffer): readonly string[] {
  const has = (name: string): boolean =>
    capabilities.some((capability) => capability === name || capability.startsWith(`${name}=`));
  const report = ["report-status", "report-status-v2"].find((name) => has(name));
  return [
    ...(report === undefined ? [] : [report]),
    ...(has("side-band-64k") ? ["side-band-64k"] : []),
    ...(has("object-format") ? ["object-format=sha1"] : []),
    ...(has("agent") ? [`agent=${AGENT}`] : []),
  ];
}

/** The request body of `git-receive-pack` (gitprotocol-pack, "Reference Update Request"). */
export function encodePush(
  { ref, expected, next, pack }: PushCommand,
  offer: PushOffer,
): Uint8Array {
  const names = chosenCapabilities(offer).map((name) => ` ${name}`);
  const command = encodePacket(`${expected} ${next} ${ref}\0${names.join("")}`);
  return Buffer.concat([command, FLUSH, pack]);
}

/**
 * Reads the report of a push of one reference, with or without side bands.
 *
 * Only a report that says `unpack ok` and `ok <ref>` is a success; one that says neither throws
 * `ProtocolError`, because the outcome is then unknown. `offer` is what the push was made for.
 */
export async function readPushReport(
  answer: AsyncIterable<Uint8Array>,
  ref: string,
  offer: PushOffer,
): Promise<PushReport> {
  const packets: Packet[] = [];
  for await (const packet of readPackets(answer)) packets.push(packet);
  const { report, said } = separateBands(packets);
  if (!chosenCapabilities(offer).some((name) => name.startsWith("report-status"))) {
    return { kind: "unreported", said };
  }
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
