import { ProtocolError } from "../protocol-error.js";
import {
  decodePackets,
  DELIMITER,
  encodePacket,
  FLUSH,
  packetText,
  readPackets,
} from "./pkt-line.js";
import { AGENT, commandLines, SIDE_BANDS, type ServerFeatures } from "./server-features.js";

/** Which objects are left out: all but what is wanted itself, or file contents. */
export type ObjectFilter = "tree:0" | "blob:none";

/** What to fetch. */
export interface FetchRequest {
  /** Ids of objects; a commit, tree or file each. */
  readonly wants: readonly string[];
  /** Commits that are left out, with all their history. */
  readonly haves?: readonly string[] | undefined;
  /** Whether a wanted commit comes without its history. */
  readonly shallow: boolean;
  /** How many commits of a history come where it is `shallow`. Default: 1. */
  readonly depth?: number | undefined;
  readonly filter: ObjectFilter | undefined;
}

/**
 * The request of a fetch: the command `fetch` of gitprotocol-v2, or the whole conversation of version
 * 0 at once, as stateless transports need it (gitprotocol-http).
 */
export function encodeFetch(features: ServerFeatures, request: FetchRequest): Uint8Array {
  return features.version === 2
    ? encodeVersion2(features, request)
    : encodeVersion0(features, request);
}

function encodeVersion2(
  features: ServerFeatures,
  { wants, haves = [], shallow, depth = 1, filter }: FetchRequest,
): Buffer {
  const parameters = [
    "ofs-delta",
    "no-progress",
    ...wants.map((oid) => `want ${oid}`),
    ...haves.map((oid) => `have ${oid}`),
    ...(shallow ? [`deepen ${depth}`] : []),
    ...(filter === undefined ? [] : [`filter ${filter}`]),
    "done",
  ];
  return Buffer.concat([
    ...commandLines("fetch", features).map((line) => encodePacket(line)),
    DELIMITER,
    ...parameters.map((line) => encodePacket(`${line}\n`)),
    FLUSH,
  ]);
}

/** What is asked for in version 0, where the server offers it. Azure DevOps insists on `multi_ack`. */
const OFFERED = ["multi_ack", "ofs-delta", ...SIDE_BANDS, "no-progress"];

function encodeVersion0(
  { capabilities }: ServerFeatures,
  { wants, haves = [], shallow, depth = 1, filter }: FetchRequest,
): Buffer {
  const has = (name: string): boolean =>
    capabilities.some((capability) => capability === name || capability.startsWith(`${name}=`));
  const sideBand = SIDE_BANDS.find((name) => has(name));
  const chosen = [
    ...OFFERED.filter((name) => has(name) && (name === sideBand || !SIDE_BANDS.includes(name))),
    ...(filter === undefined ? [] : ["filter"]),
    ...(has("object-format") ? ["object-format=sha1"] : []),
    ...(has("agent") ? [`agent=${AGENT}`] : []),
  ];
  const [first = "", ...others] = wants;
  const lines = [
    `want ${first} ${chosen.join(" ")}`,
    ...others.map((oid) => `want ${oid}`),
    ...(shallow ? [`deepen ${depth}`] : []),
    ...(filter === undefined ? [] : [`filter ${filter}`]),
  ];
  return Buffer.concat([
    ...lines.map((line) => encodePacket(`${line}\n`)),
    FLUSH,
    ...haves.map((oid) => encodePacket(`have ${oid}\n`)),
    encodePacket("done\n"),
  ]);
}

/** Reads the pack out of the answer to a fetch. Throws `ProtocolError` when the server gives up. */
export async function readFetchedPack(
  answer: AsyncIterable<Uint8Array>,
  { version, sideBand }: Pick<ServerFeatures, "version" | "sideBand">,
): Promise<Uint8Array> {
  if (!sideBand) return readPlainPack(answer);
  const chunks: Uint8Array[] = [];
  let isPack = false;
  for await (const packet of readPackets(answer)) {
    if (packet instanceof Uint8Array) {
      if (isPack) addBand(chunks, packet);
      else isPack = startsPack(packetText(packet), version);
    } else if (packet === "flush") {
      if (isPack) return Buffer.concat(chunks);
      // Before version 2, a list of shallow commits comes first and ends in a flush of its own.
      if (version === 2) break;
    }
  }
  throw new ProtocolError(isPack ? "the answer ends early" : "the server sent no pack");
}

const PACK_START = Buffer.from("PACK");

/** Without side bands, a pack follows the packets of the negotiation, and goes on to the end. */
async function readPlainPack(answer: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const start = bytes.indexOf(PACK_START);
  // To see what the server says instead of a pack: an error is thrown.
  decodePackets(start < 0 ? bytes : bytes.subarray(0, start));
  if (start < 0) throw new ProtocolError("the server sent no pack");
  return bytes.subarray(start);
}

/** In version 2 a heading; before, the end of a negotiation that had nothing to negotiate. */
function startsPack(line: string, version: ServerFeatures["version"]): boolean {
  return version === 2 ? line === "packfile" : line === "NAK" || line.startsWith("ACK ");
}

function addBand(chunks: Uint8Array[], packet: Uint8Array): void {
  const band = packet[0];
  if (band === 1) chunks.push(packet.subarray(1));
  if (band === 3) throw new ProtocolError("the server gave up", packetText(packet.subarray(1)));
}
