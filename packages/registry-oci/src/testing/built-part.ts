import { digestOf } from "../manifest/digest.js";

/** A manifest or blob of a built image. */
export interface BuiltPart {
  readonly kind: "manifest" | "config" | "layer";
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly digest: string;
}

/** What a manifest says of a part it refers to. */
export interface PartDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** The part's descriptor. */
export function describePart({ mediaType, digest, bytes }: BuiltPart): PartDescriptor {
  return { mediaType, digest, size: bytes.length };
}

/** A part that is the value's JSON. */
export function jsonPart(kind: BuiltPart["kind"], mediaType: string, value: object): BuiltPart {
  return bytesPart(kind, mediaType, Buffer.from(JSON.stringify(value), "utf8"));
}

/** A part of these bytes. */
export function bytesPart(kind: BuiltPart["kind"], mediaType: string, bytes: Buffer): BuiltPart {
  return { kind, mediaType, bytes, digest: digestOf(bytes) };
}
