import { ProtocolError } from "../protocol-error.js";

/** One packet: data, or one of the three that carry none and divide an answer. */
export type Packet = Uint8Array | "flush" | "delimiter" | "end";

/** The packet that ends a list (`flush-pkt`). */
export const FLUSH: Uint8Array = Buffer.from("0000");

/** The packet between the parts of a message of protocol version 2 (`delim-pkt`). */
export const DELIMITER: Uint8Array = Buffer.from("0001");

const MAX_DATA = 65_516;
const LENGTH_DIGITS = 4;
const EMPTY_PACKETS: readonly Packet[] = ["flush", "delimiter", "end"];

/** Frames data as one packet: four hexadecimal digits of length, then the bytes (gitprotocol-common). */
export function encodePacket(data: string | Uint8Array): Uint8Array {
  const bytes = Buffer.from(data);
  if (bytes.length > MAX_DATA) throw new RangeError("a packet holds at most 65516 bytes");
  const length = (bytes.length + LENGTH_DIGITS).toString(16).padStart(LENGTH_DIGITS, "0");
  return Buffer.concat([Buffer.from(length), bytes]);
}

/** Splits bytes into packets. Throws `ProtocolError` on anything that is not framed, and on `ERR` packets. */
export function decodePackets(bytes: Uint8Array): readonly Packet[] {
  const { packets, used } = split(bytes);
  if (used < bytes.length) throw endsEarly();
  return packets;
}

/**
 * Packets of an answer while it arrives; throws as `decodePackets` does.
 *
 * Whoever stops reading tells the answer that the rest is of no interest.
 *
 * @yields one packet after the other
 */
export async function* readPackets(answer: AsyncIterable<Uint8Array>): AsyncGenerator<Packet> {
  let held: Uint8Array[] = [];
  let size = 0;
  let needed = LENGTH_DIGITS;
  for await (const chunk of answer) {
    held.push(chunk);
    size += chunk.length;
    // Nothing is copied before the packet that has begun is complete.
    if (size < needed) continue;
    const bytes = held.length === 1 ? chunk : Buffer.concat(held);
    const part = split(bytes);
    yield* part.packets;
    held = part.used < bytes.length ? [bytes.subarray(part.used)] : [];
    size = bytes.length - part.used;
    ({ needed } = part);
  }
  if (size > 0) throw endsEarly();
}

/** The text of a packet, without the line feed that may end it. */
export function packetText(packet: Uint8Array): string {
  return Buffer.from(packet.buffer, packet.byteOffset, packet.length)
    .toString("utf8")
    .replace(/\n$/u, "");
}

interface Split {
  readonly packets: readonly Packet[];
  /** How many bytes the packets take. */
  readonly used: number;
  /** How many of the bytes after them the next packet needs. */
  readonly needed: number;
}

function split(bytes: Uint8Array): Split {
  const packets: Packet[] = [];
  let used = 0;
  while (used + LENGTH_DIGITS <= bytes.length) {
    const length = decodeLength(bytes, used);
    if (used + length > bytes.length) return { packets, used, needed: length };
    const empty = EMPTY_PACKETS[length];
    if (empty === undefined) {
      const packet = bytes.subarray(used + LENGTH_DIGITS, used + length);
      refuseErrorPacket(packet);
      packets.push(packet);
    } else {
      packets.push(empty);
    }
    used += Math.max(length, LENGTH_DIGITS);
  }
  return { packets, used, needed: LENGTH_DIGITS };
}

function decodeLength(bytes: Uint8Array, offset: number): number {
  const digits = Buffer.from(bytes.subarray(offset, offset + LENGTH_DIGITS)).toString("latin1");
  if (!/^[0-9a-f]{4}$/iu.test(digits)) {
    throw new ProtocolError("the answer is not framed as packets");
  }
  const length = Number.parseInt(digits, 16);
  if (length === 3) throw new ProtocolError("a packet has the impossible length 3");
  return length;
}

function endsEarly(): ProtocolError {
  return new ProtocolError("the answer ends early");
}

function refuseErrorPacket(packet: Uint8Array): void {
  const isError =
    packet[0] === 0x45 && packet[1] === 0x52 && packet[2] === 0x52 && packet[3] === 0x20;
  if (isError) throw new ProtocolError("the server refused", packetText(packet.subarray(4)));
}
