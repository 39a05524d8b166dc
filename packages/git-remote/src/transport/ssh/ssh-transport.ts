import type { SshRepositoryUrl } from "../../repository/ssh-address.js";
import type { GitTransport } from "../git-transport.js";
import { cleanServerText } from "../server-text.js";
import {
  createRemotePrograms,
  MAX_ADVERTISEMENT_BYTES,
  type RemotePrograms,
} from "./remote-programs.js";
import { withinLimits, withinSize } from "./request-limits.js";
import type { SshChannel } from "./ssh-channel.js";
import type { SshLogin } from "./ssh-connection.js";

/** What {@link createSshTransport} is made of. */
export interface SshTransportSettings extends SshLogin {
  readonly address: SshRepositoryUrl;
  /** For one request, and the connection it may need. */
  readonly requestTimeoutMs: number;
}

/** A transport that holds a connection, until it is closed. */
export interface SshTransport extends GitTransport {
  renew(): void;
  close(): void;
}

const MAX_REPORT_BYTES = 1024 * 1024;

/**
 * Git over SSH (gitprotocol-pack, "SSH Transport"), with one connection for all requests.
 *
 * Connects at the first request, and again after a connection was lost. Requests of protocol version 2
 * share a channel until `renew`, for a program that runs remembers where branches were.
 */
export function createSshTransport(settings: SshTransportSettings): SshTransport {
  const target = settings.address.url;
  const programs = createRemotePrograms(settings);
  const reader = createReader(programs, target);
  const writer = createWriter(programs, target);
  const { requestTimeoutMs } = settings;
  const within = (
    signal: AbortSignal | undefined,
    request: () => AsyncIterable<Uint8Array>,
  ): AsyncIterable<Uint8Array> =>
    withinLimits({ target, signal, requestTimeoutMs, cut: programs.cut }, request);
  return {
    target,
    clean: (text) => cleanServerText(text, []),
    renew: reader.renew,
    close: () => {
      reader.renew();
      writer.end();
      programs.cut();
    },
    greeting: (signal) => within(signal, () => reader.greeting()),
    uploadPack: (request, { maxBytes, signal }) =>
      within(signal, () => reader.ask(request, maxBytes)),
    pushGreeting: (signal) => within(signal, () => writer.greeting()),
    receivePack: (request, signal) => within(signal, () => writer.push(request)),
  };
}

/** The program that takes a push, one each; it waits between its greeting and the push. */
interface Writer {
  greeting(): AsyncIterable<Uint8Array>;
  push(request: Uint8Array): AsyncIterable<Uint8Array>;
  end(): void;
}

function createWriter(programs: RemotePrograms, target: string): Writer {
  let waiting: SshChannel | undefined;
  const end = (): void => {
    waiting?.close();
    waiting = undefined;
  };
  return {
    end,
    async *greeting() {
      end();
      const { channel, greeting } = await programs.startGreeted("git-receive-pack");
      waiting = channel;
      yield greeting;
    },
    async *push(request) {
      const isReady = waiting?.isOpen === true;
      const greeted = isReady ? undefined : await programs.startGreeted("git-receive-pack");
      const channel = greeted?.channel ?? waiting;
      waiting = undefined;
      if (channel === undefined) return;
      channel.finish(request);
      try {
        yield* withinSize(programs.reportOf(channel), MAX_REPORT_BYTES, target);
      } finally {
        channel.close();
      }
    },
  };
}

/** The program that is asked, and its channel while that is of use. */
interface Reader {
  greeting(): AsyncIterable<Uint8Array>;
  ask(request: Uint8Array, maxBytes: number): AsyncIterable<Uint8Array>;
  renew(): void;
}

function createReader(programs: RemotePrograms, target: string): Reader {
  let open: SshChannel | undefined;
  const renew = (): void => {
    open?.close();
    open = undefined;
  };
  const read = (channel: SshChannel, maxBytes: number): AsyncIterable<Uint8Array> =>
    withinSize(programs.answerOf(channel, "git-upload-pack"), maxBytes, target);
  return {
    renew,
    async *greeting() {
      renew();
      open = await programs.start("git-upload-pack");
      yield* read(open, MAX_ADVERTISEMENT_BYTES);
    },
    async *ask(request, maxBytes) {
      if (open?.isOpen !== true) open = (await programs.startGreeted("git-upload-pack")).channel;
      open.send(request);
      const end = { isFlush: false };
      try {
        yield* noteFlush(read(open, maxBytes), end);
      } finally {
        // Before version 2, a channel is good for one request; after half an answer, for none.
        if (!isCommand(request) || !end.isFlush) renew();
      }
    },
  };
}

const FLUSH = "0000";

// Tells whether the bytes so far end as a whole answer does: the channel is then good for the next.
async function* noteFlush(
  answer: AsyncIterable<Uint8Array>,
  end: { isFlush: boolean },
): AsyncGenerator<Uint8Array> {
  let tail = "";
  for await (const chunk of answer) {
    const last = Buffer.from(chunk.subarray(-FLUSH.length)).toString("latin1");
    tail = (tail + last).slice(-FLUSH.length);
    end.isFlush = tail === FLUSH;
    yield chunk;
  }
  end.isFlush = false;
}

/** Whether a request is one of protocol version 2. */
function isCommand(request: Uint8Array): boolean {
  return Buffer.from(request.subarray(4, 12)).toString("latin1") === "command=";
}
