import { pipeline, type Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from "node:zlib";
import { replacesUndici } from "./runtime.js";

const MOST_CODINGS = 3;

/** The body of an answer is not in the encoding that its header names, or in none that can be read. */
export class ContentEncodingError extends Error {
  override readonly name = "ContentEncodingError";
}

/**
 * A body without its `Content-Encoding` (gzip, deflate, br), which nobody asked for and some servers
 * send all the same. It is decoded as it is read: who stops reading has not decoded the rest.
 *
 * @yields the decoded bytes, as they come.
 * @throws ContentEncodingError for another encoding, for what is not in the one that is named, and for
 * more than `limit` encoded bytes.
 */
export async function* decodeContent(
  chunks: AsyncIterable<Uint8Array>,
  encoding: string | undefined,
  limit: number,
): AsyncGenerator<Uint8Array> {
  const codings = (encoding ?? "")
    .toLowerCase()
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "" && coding !== "identity");
  if (codings.length > MOST_CODINGS) {
    throw new ContentEncodingError(`it is encoded more than ${MOST_CODINGS} times`);
  }
  // What replaces undici there has decoded it, and leaves the header as it was.
  const left = replacesUndici() ? [] : codings.toReversed();
  let decoded = chunks;
  for (const coding of left) decoded = undo(decoded, coding, limit);
  yield* decoded;
}

async function* undo(
  chunks: AsyncIterable<Uint8Array>,
  coding: string,
  limit: number,
): AsyncGenerator<Uint8Array> {
  const source = openSource(chunks, limit);
  const start = await source.start();
  if (start.length === 0) return;
  const decoder = decoderOf(coding, start);
  if (decoder === undefined) {
    await source.close();
    const name = OTHER_CODINGS.has(coding) ? `"${coding}"` : "another one";
    throw new ContentEncodingError(`its encoding is ${name}, not gzip, deflate or br`);
  }
  // The decoder fails with its source; whoever reads it learns of that.
  pipeline(source.rest(start), decoder, () => {});
  try {
    for await (const chunk of decoder) {
      const bytes: unknown = chunk;
      if (bytes instanceof Uint8Array) yield bytes;
    }
  } catch (error) {
    if (source.hasFailed()) throw error;
    throw new ContentEncodingError(`it is not the ${coding} that its header names`, {
      cause: error,
    });
  }
}

/** What else is registered; of another word nobody knows what it says. */
const OTHER_CODINGS: ReadonlySet<string> = new Set([
  "compress",
  "x-compress",
  "zstd",
  "dcb",
  "dcz",
]);

function decoderOf(coding: string, [first = 0, second = 0]: Uint8Array): Transform | undefined {
  if (coding === "gzip" || coding === "x-gzip") return createGunzip();
  if (coding === "br") return createBrotliDecompress();
  if (coding !== "deflate") return undefined;
  // Some servers leave out the header of zlib, which deflate has here.
  const hasHeader = (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
  return hasHeader ? createInflate() : createInflateRaw();
}

interface Source {
  /** The first two bytes and what came with them; fewer where there are no more. */
  start(): Promise<Uint8Array>;
  rest(start: Uint8Array): AsyncGenerator<Uint8Array>;
  close(): Promise<void>;
  /** Whether an error is the source's own. */
  hasFailed(): boolean;
}

function openSource(chunks: AsyncIterable<Uint8Array>, limit: number): Source {
  const iterator = chunks[Symbol.asyncIterator]();
  let size = 0;
  let hasFailed = false;

  async function next(): Promise<Uint8Array | undefined> {
    try {
      const { done, value } = await iterator.next();
      if (done === true) return undefined;
      size += value.length;
      if (size > limit) throw new ContentEncodingError(`it has more than ${limit} encoded bytes`);
      return value;
    } catch (error) {
      hasFailed = true;
      throw error;
    }
  }

  const close = async (): Promise<void> => {
    await iterator.return?.();
  };

  return {
    close,
    hasFailed: () => hasFailed,
    async start(): Promise<Uint8Array> {
      let start: Uint8Array = new Uint8Array();
      while (start.length < 2) {
        const chunk = await next();
        if (chunk === undefined) break;
        start = Buffer.concat([start, chunk]);
      }
      return start;
    },
    async *rest(start): AsyncGenerator<Uint8Array> {
      try {
        yield start;
        for (let chunk = await next(); chunk !== undefined; chunk = await next()) yield chunk;
      } finally {
        await close();
      }
    },
  };
}
