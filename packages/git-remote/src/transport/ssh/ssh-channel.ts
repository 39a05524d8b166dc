import type { GitRemoteError } from "../../git-remote-error.js";
import type { ClientChannel } from "ssh2";

/** A program that runs on a server, with its input and outputs. */
export interface SshChannel {
  /** Whether its output may go on. */
  readonly isOpen: boolean;
  /** Why its connection is of no use any more. */
  readonly failure: GitRemoteError | undefined;
  send(bytes: Uint8Array): void;
  /** Sends the last bytes: the program sees the end of its input. */
  finish(bytes: Uint8Array): void;
  /**
   * The output as it arrives, from where an earlier reader stopped; only as much is taken from the
   * server as is read.
   */
  read(): AsyncGenerator<Uint8Array>;
  /** How it ended; known once the output was read to its end. */
  readonly ended: Promise<ChannelEnd>;
  close(): void;
}

/** The end of a program: its exit code or the signal that ended it, neither where the server kept quiet. */
export interface ChannelEnd {
  readonly code: number | undefined;
  readonly signal: string | undefined;
  /** The beginning of its error output. */
  readonly said: string;
}

const LONGEST_TEXT = 64 * 1024;

/** Wraps a channel that has just been opened, on a connection that may fail. */
export function createSshChannel(
  channel: ClientChannel,
  failure: () => GitRemoteError | undefined,
): SshChannel {
  const chunks: AsyncIterator<Uint8Array> = channel[Symbol.asyncIterator]();
  const said = collectText(channel);
  let isOpen = true;
  // Writing to a channel that the server has closed is not news: reading tells how it ended.
  channel.on("error", () => undefined);
  const ended = Promise.all([exitOf(channel), said]).then(([exit, text]) => ({
    ...exit,
    said: text,
  }));
  channel.once("end", () => {
    isOpen = false;
  });
  return {
    get isOpen() {
      return isOpen && failure() === undefined;
    },
    get failure() {
      return failure();
    },
    send: (bytes) => {
      if (failure() === undefined) channel.write(bytes);
    },
    finish: (bytes) => {
      if (failure() === undefined) channel.end(bytes);
    },
    async *read() {
      for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
        yield next.value;
      }
    },
    ended,
    close: () => {
      isOpen = false;
      if (failure() === undefined) channel.close();
    },
  };
}

function exitOf(channel: ClientChannel): Promise<Omit<ChannelEnd, "said">> {
  return new Promise((resolve) => {
    channel.once("close", (code: unknown, signal: unknown) => {
      resolve({
        code: typeof code === "number" ? code : undefined,
        signal: typeof signal === "string" ? signal : undefined,
      });
    });
  });
}

/** Reads the error output to its end: unread, it would hold up the other one. */
function collectText({ stderr }: ClientChannel): Promise<string> {
  const kept: Buffer[] = [];
  let size = 0;
  stderr.on("data", (chunk: Buffer) => {
    if (size >= LONGEST_TEXT) return;
    kept.push(chunk.subarray(0, LONGEST_TEXT - size));
    size += chunk.length;
  });
  return new Promise((resolve) => {
    stderr.once("close", () => resolve(Buffer.concat(kept).toString("utf8")));
  });
}
