import { ProtocolError } from "../protocol-error.js";

/** One packet. `"separator"` is a flush, a delimiter or a response end: none of them carries data. */
export type Packet = Uint8Array | "separator";

/** The packet that ends a list (`flush-pkt`). */
export const FLUSH: Uint8Array = Buffer.from("0000");

const MAX_DATA = 65_516;

/** Frames data as one packet: four hexadecimal digits of length, then the bytes (gitprotocol-common). */
export function encodePacket(data: string | Uint8Array): Uint8Array {
  const bytes = Buffer.from(data);
  if (bytes.length > MAX_DATA) throw new RangeError("a packet holds at most 65516 bytes");
  const length = (bytes.length + 4).toString(16).padStart(4, "0");
  return Buffer.concat([Buffer.from(length), bytes]);
}

/** Splits bytes into packets. Throws `ProtocolError` on anything that is not framed, and on `ERR` packets. */
export function decodePackets(bytes: Uint8Array): readonly Packet[] {
  const packets: Packet[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const length = decodeLength(bytes, offset);
    if (length < 4) {
      packets.push("separator");
      offset += 4;
      continue;
    }
    const packet = bytes.subarray(offset + 4, offset + length);
    refuseErrorPacket(packet);
    packets.push(packet);
    offset += length;
  }
  return packets;
}

/** The text of a packet, without the line feed that may end it. */
export function packetText(packet: Uint8Array): string {
  return Buffer.from(packet).toString("utf8").replace(/\n$/u, "");
}

function decodeLength(bytes: Uint8Array, offset: number): number {
  const digits = Buffer.from(bytes.subarray(offset, offset + 4)).toString("latin1");
  if (!/^[0-9a-f]{4}$/iu.test(digits))
    throw new ProtocolError("the answer is not framed as packets");
  const length = Number.parseInt(digits, 16);
  if (length === 3) throw new ProtocolError("a packet has the impossible length 3");
  if (offset + Math.max(length, 4) > bytes.length) throw new ProtocolError("the answer ends early");
  return length;
}

function refuseErrorPacket(packet: Uint8Array): void {
  const isError =
    packet[0] === 0x45 && packet[1] === 0x52 && packet[2] === 0x52 && packet[3] === 0x20;
  if (isError) throw new ProtocolError("the server refused", packetText(packet.subarray(4)));
}
