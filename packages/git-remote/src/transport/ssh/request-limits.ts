import { GitRemoteError } from "../../git-remote-error.js";
import { nameProtocolError } from "../../protocol-error.js";
import { cancelledError } from "../http-transport.js";
import { cleanServerText } from "../server-text.js";

/** What bounds a request in time. */
export interface RequestLimits {
  readonly target: string;
  readonly signal: AbortSignal | undefined;
  readonly requestTimeoutMs: number;
  /** Ends the connection, and so whatever is awaited of it. */
  readonly cut: () => void;
}

/**
 * Reads an answer within limits of time; when they are over, its connection is cut.
 *
 * Throws `cancelled` and `timeout` for the limits, and `GitRemoteError` for everything else.
 *
 * @yields the answer as it arrives
 */
export async function* withinLimits(
  { target, signal, requestTimeoutMs, cut }: RequestLimits,
  request: () => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (isAborted(signal)) throw cancelledError(target);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    cut();
  }, requestTimeoutMs);
  signal?.addEventListener("abort", cut);
  try {
    yield* request();
  } catch (error) {
    if (isAborted(signal)) throw cancelledError(target);
    if (!isLate) throw nameProtocolError(error, target, (text) => cleanServerText(text, []));
    const message = `${target} did not answer within ${requestTimeoutMs} ms`;
    throw new GitRemoteError("timeout", message, { target, cause: error });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", cut);
  }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

/**
 * Reads an answer up to a size; what is larger is `too-large`.
 *
 * @yields the answer as it arrives
 */
export async function* withinSize(
  answer: AsyncIterable<Uint8Array>,
  maxBytes: number,
  target: string,
): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of answer) {
    size += chunk.length;
    if (size > maxBytes) {
      const message = `the answer of ${target} is larger than the ${maxBytes} bytes that are allowed`;
      throw new GitRemoteError("too-large", message, { target });
    }
    yield chunk;
  }
}
