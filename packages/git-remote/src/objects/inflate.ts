import { inflateSync } from "node:zlib";
import { ProtocolError } from "../protocol-error.js";

/** Inflated bytes, and where in the input the next thing begins. */
export interface Inflated {
  readonly content: Buffer;
  readonly end: number;
}

/** Larger outputs are inflated piece by piece, so that nothing is reserved on a server's word alone. */
const LARGEST_PIECE = 64 * 1024;
const SMALLEST_PIECE = 64;

/**
 * Inflates what begins at an offset and is known to become `size` bytes, neither less nor more.
 *
 * It stops where the compressed data ends; throws `ProtocolError` when that is not where it should.
 */
export function inflateAt(bytes: Uint8Array, offset: number, size: number): Inflated {
  const inflated = inflateWithInfo(bytes.subarray(offset), size);
  if (inflated === undefined || inflated.content.length !== size) {
    throw new ProtocolError("an object of the pack has not the size that it claims");
  }
  return { content: inflated.content, end: offset + inflated.consumed };
}

function inflateWithInfo(
  input: Uint8Array,
  size: number,
): { readonly content: Buffer; readonly consumed: number } | undefined {
  // One byte more than expected shows that there is more.
  const options = {
    info: true,
    maxOutputLength: size + 1,
    chunkSize: Math.min(Math.max(size + 1, SMALLEST_PIECE), LARGEST_PIECE),
  };
  try {
    // With `info` the result is not the Buffer that the types promise.
    const result: unknown = inflateSync(input, options);
    return isInfo(result)
      ? { content: result.buffer, consumed: result.engine.bytesWritten }
      : undefined;
  } catch (cause) {
    throw new ProtocolError(`an object of the pack cannot be inflated: ${String(cause)}`);
  }
}

interface InflateInfo {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

function isInfo(value: unknown): value is InflateInfo {
  return (
    typeof value === "object" &&
    value !== null &&
    "buffer" in value &&
    Buffer.isBuffer(value.buffer) &&
    "engine" in value &&
    typeof value.engine === "object" &&
    value.engine !== null &&
    "bytesWritten" in value.engine &&
    typeof value.engine.bytesWritten === "number"
  );
}
