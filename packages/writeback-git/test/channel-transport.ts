import type { ChildProcess } from "node:child_process";
import type { GitTransport } from "@image-updater/git-remote";
import { encodePacket, FLUSH, readPackets } from "@image-updater/git-remote/wire";

/** A transport on channels that stay open, as over SSH: here, the programs themselves. */
export interface ChannelTransport extends GitTransport {
  /** The programs that were started, in order. */
  readonly started: readonly string[];
  close(): void;
}

interface Channel {
  readonly child: ChildProcess;
  readonly chunks: AsyncIterator<Uint8Array>;
}

/** Starts `git upload-pack` and `git receive-pack` where a server would. */
export function createChannelTransport(
  start: (args: readonly string[], environment: Readonly<Record<string, string>>) => ChildProcess,
  path: string,
  protocol: 0 | 2,
): ChannelTransport {
  const started: string[] = [];
  let open: Channel | undefined;
  let waiting: Channel | undefined;
  const connect = (program: string): Channel => {
    started.push(program);
    const environment = protocol === 2 ? { GIT_PROTOCOL: "version=2" } : {};
    const child = start([program, path], environment);
    if (child.stdout === null) throw new Error("the program has no output");
    return { child, chunks: child.stdout[Symbol.asyncIterator]() };
  };
  const end = (): void => {
    open?.child.kill();
    open = undefined;
  };
  return {
    started,
    target: path,
    clean: (text) => text.trim(),
    renew: end,
    close: end,
    async *greeting() {
      end();
      open = connect("upload-pack");
      yield* answerOf(open);
    },
    async *uploadPack(request) {
      open ??= await greeted(connect("upload-pack"));
      const channel = open;
      channel.child.stdin?.write(request);
      try {
        yield* answerOf(channel);
      } finally {
        // Before version 2, a channel is good for one request.
        if (protocol === 0) end();
      }
    },
    async *pushGreeting() {
      waiting = connect("receive-pack");
      const packets: Uint8Array[] = [];
      // To its flush, however much is asked for: what follows is for the push.
      for await (const packet of readPackets(answerOf(waiting))) {
        if (packet === "flush") break;
        if (typeof packet !== "string") packets.push(encodePacket(packet));
      }
      yield Buffer.concat([...packets, FLUSH]);
    },
    async *receivePack(request) {
      const channel = waiting ?? (await greeted(connect("receive-pack")));
      waiting = undefined;
      channel.child.stdin?.end(request);
      yield* answerOf(channel);
    },
  };
}

// What arrives; whoever stops reading leaves the channel as it is.
async function* answerOf({ chunks }: Channel): AsyncGenerator<Uint8Array> {
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
    yield next.value;
  }
}

async function greeted(channel: Channel): Promise<Channel> {
  for await (const packet of readPackets(answerOf(channel))) if (packet === "flush") break;
  return channel;
}
