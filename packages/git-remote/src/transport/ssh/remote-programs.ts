import { ProtocolError } from "../../protocol-error.js";
import type { SshRepositoryUrl } from "../../repository/ssh-address.js";
import { encodePacket, FLUSH, readPackets } from "../../wire/pkt-line.js";
import { remoteCommand, type RemoteProgram } from "./remote-command.js";
import { withinSize } from "./request-limits.js";
import type { ChannelEnd, SshChannel } from "./ssh-channel.js";
import { openSshConnection, type SshConnection, type SshLogin } from "./ssh-connection.js";
import { programError } from "./ssh-error.js";

/** Programs on one repository, over a connection that is made when it is needed, and made again. */
export interface RemotePrograms {
  start(program: RemoteProgram): Promise<SshChannel>;
  /** Starts a program and reads what it says first, to its end; the beginning of that is kept. */
  startGreeted(program: RemoteProgram): Promise<GreetedChannel>;
  /** The output of a program. Throws when it ends for another reason than its work being done. */
  answerOf(channel: SshChannel, program: RemoteProgram): AsyncIterable<Uint8Array>;
  /** The output of a push; once it has begun, it says more than what a forge's own program ends with. */
  reportOf(channel: SshChannel): AsyncIterable<Uint8Array>;
  /** Ends the connection at once. */
  cut(): void;
}

/** A program that waits for its request. */
export interface GreetedChannel {
  readonly channel: SshChannel;
  /** The first packets of its greeting, as a greeting of its own. */
  readonly greeting: Uint8Array;
}

/** The largest list of references that is read. */
export const MAX_ADVERTISEMENT_BYTES: number = 64 * 1024 * 1024;

/** A server that does not take it, or does not know it, answers in version 0. */
const PROTOCOL = { GIT_PROTOCOL: "version=2" };

/** {@link RemotePrograms} of one repository. */
export function createRemotePrograms(
  login: SshLogin & { readonly address: SshRepositoryUrl },
): RemotePrograms {
  const { url: target, path } = login.address;
  let connection: SshConnection | undefined;
  const cut = (): void => {
    connection?.destroy();
    connection = undefined;
  };
  const start: RemotePrograms["start"] = async (program) => {
    const command = remoteCommand(program, path, target);
    if (connection?.failure !== undefined) cut();
    connection ??= openSshConnection(login);
    return connection.execute(command, program === "git-upload-pack" ? PROTOCOL : {});
  };
  return {
    cut,
    start,
    startGreeted: async (program) => {
      const channel = await start(program);
      const greeting = await readGreeting(
        withinSize(answerOf(channel, program, target), MAX_ADVERTISEMENT_BYTES, target),
      );
      return { channel, greeting };
    },
    answerOf: (channel, program) => answerOf(channel, program, target),
    reportOf: (channel) => reportOf(channel, target),
  };
}

/** The capabilities stand in the first line, or in the second one after the version. */
const KEPT_PACKETS = 2;

async function readGreeting(greeting: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const kept: Uint8Array[] = [];
  for await (const packet of readPackets(greeting)) {
    if (packet === "flush") return Buffer.concat([...kept, FLUSH]);
    if (typeof packet !== "string" && kept.length < KEPT_PACKETS) kept.push(encodePacket(packet));
  }
  throw new ProtocolError("the server's greeting ends early");
}

async function* answerOf(
  channel: SshChannel,
  program: RemoteProgram,
  target: string,
): AsyncGenerator<Uint8Array> {
  yield* channel.read();
  const error = programError(program, await endOf(channel), target);
  if (error !== undefined) throw error;
}

async function* reportOf(channel: SshChannel, target: string): AsyncGenerator<Uint8Array> {
  let hasBegun = false;
  for await (const chunk of channel.read()) {
    hasBegun = true;
    yield chunk;
  }
  const error = programError("git-receive-pack", await endOf(channel), target);
  if (error !== undefined && !hasBegun) throw error;
}

async function endOf(channel: SshChannel): Promise<ChannelEnd> {
  const end = await channel.ended;
  if (channel.failure !== undefined) throw channel.failure;
  return end;
}
