import type { Readable } from "node:stream";
import { ContentEncodingError, decodeContent } from "./decode-content.js";

/** How a body is read. */
export interface BodyReading {
  /** Its `Content-Encoding`. */
  readonly encoding: string | undefined;
  /** Most bytes, decoded. */
  readonly limit: number;
}

/** A body is larger than its reader allows. */
export class BodyTooLargeError extends RangeError {
  override readonly name = "BodyTooLargeError";
  /** How many bytes are allowed. */
  readonly limit: number;

  constructor(limit: number) {
    super(`more than ${limit} bytes`);
    this.limit = limit;
  }
}

/**
 * A whole body, decoded. Whatever happens, nothing of it is left open.
 *
 * @throws BodyTooLargeError for more than `limit` bytes, ContentEncodingError for what cannot be decoded,
 * and what the connection throws.
 */
export async function readBody(body: Readable, reading: BodyReading): Promise<Buffer> {
  const { limit } = reading;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const bytes of decoded(body, reading)) {
    length += bytes.length;
    if (length > limit) throw new BodyTooLargeError(limit);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/**
 * The start of a body, of at most `limit` bytes: for answers whose status says enough. What cannot be
 * decoded ends it.
 *
 * @throws what the connection throws.
 */
export async function readBodyStart(body: Readable, reading: BodyReading): Promise<Buffer> {
  const { limit } = reading;
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const bytes of decoded(body, reading)) {
      length += bytes.length;
      chunks.push(bytes);
      if (length > limit) break;
    }
  } catch (error) {
    if (!(error instanceof ContentEncodingError)) throw error;
  }
  return Buffer.concat(chunks).subarray(0, limit);
}

async function* decoded(
  body: Readable,
  { encoding, limit }: BodyReading,
): AsyncGenerator<Uint8Array> {
  // Leaving the loop early destroys the stream, which then reports that it was destroyed.
  body.on("error", () => {});
  try {
    yield* decodeContent(bytesOf(body), encoding, limit);
  } finally {
    // An encoding that is refused outright is never read.
    if (!body.readableEnded) body.destroy();
  }
}

async function* bytesOf(body: Readable): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    const bytes: unknown = chunk;
    if (bytes instanceof Uint8Array) yield bytes;
  }
}
