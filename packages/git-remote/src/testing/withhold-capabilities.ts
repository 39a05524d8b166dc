import { decodePackets, encodePacket, FLUSH, packetText, type Packet } from "../wire/pkt-line.js";

/**
 * What a server says first, without some of its capabilities, in any version of the protocol. `fetch`
 * and others of version 2 that hold words of their own lose those.
 */
export function withholdCapabilities(
  greeting: Uint8Array,
  withheld: readonly string[],
): Uint8Array {
  const isKept = (capability: string): boolean =>
    !withheld.includes(capability.split(/[=:]/u, 1)[0] ?? "");
  let isVersion2 = false;
  const lines = decodePackets(greeting).map((packet) => {
    if (typeof packet === "string") return FLUSH;
    const line = packetText(packet);
    if (line === "version 2") isVersion2 = true;
    const [reference, capabilities] = line.split("\0", 2);
    if (capabilities !== undefined) {
      const kept = capabilities.split(" ").filter((name) => isKept(name));
      return encodePacket(`${reference ?? ""}\0${kept.join(" ")}\n`);
    }
    if (!isVersion2) return encodePacket(packet);
    const [name = "", words] = line.split("=", 2);
    if (!isKept(name)) return new Uint8Array();
    if (words === undefined) return encodePacket(packet);
    const kept = words.split(" ").filter((word) => isKept(word));
    return encodePacket(`${name}=${kept.join(" ")}\n`);
  });
  return Buffer.concat(lines);
}

/** Whether a request names one of some capabilities. */
export function namesCapability(request: Uint8Array, withheld: readonly string[]): boolean {
  const packets = packetsBeforePack(request);
  const lines = packets.map((packet) => (typeof packet === "string" ? "" : packetText(packet)));
  const [first = ""] = lines;
  // After the first reference of a push, after the first object of a fetch, or on lines of their own.
  const named = first.startsWith("command=")
    ? [
        ...lines.slice(1, packets.indexOf("delimiter")),
        ...lines.filter((line) => FILTER.test(line)),
      ]
    : (first.split("\0", 2)[1] ?? first.slice("want ".length + 40)).split(" ");
  return named.some((name) => withheld.includes(name.split(/[= ]/u, 1)[0] ?? ""));
}

/** The one argument of version 2 that is a capability, too. */
const FILTER = /^filter /u;

function packetsBeforePack(request: Uint8Array): readonly Packet[] {
  const start = Buffer.from(request).indexOf("0000PACK");
  return decodePackets(start < 0 ? request : request.subarray(0, start));
}
