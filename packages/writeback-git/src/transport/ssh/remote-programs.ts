import { ProtocolError } from "../../protocol-error.js";
import type { SshRepositoryUrl } from "../../repository/ssh-address.js";
import { readPackets } from "../../wire/pkt-line.js";
import { remoteCommand, type RemoteProgram } from "./remote-command.js";
import { withinSize } from "./request-limits.js";
import type { ChannelEnd, SshChannel } from "./ssh-channel.js";
import { openSshConnection, type SshConnection, type SshLogin } from "./ssh-connection.js";
import { programError } from "./ssh-error.js";

/** Programs on one repository, over a connection that is made when it is needed, and made again. */
export interface RemotePrograms {
  start(program: RemoteProgram): Promise<SshChannel>;
  /** Starts a program and reads past what it says first. */
  startGreeted(program: RemoteProgram): Promise<SshChannel>;
  /** The output of a program. Throws when it ends for another reason than its work being done. */
  answerOf(channel: SshChannel, program: RemoteProgram): AsyncIterable<Uint8Array>;
  /** The output of a push; once it has begun, it says more than what a forge's own program ends with. */
  reportOf(channel: SshChannel): AsyncIterable<Uint8Array>;
  /** Ends the connection at once. */
  cut(): void;
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
      await skipGreeting(
        withinSize(answerOf(channel, program, target), MAX_ADVERTISEMENT_BYTES, target),
      );
      return channel;
    },
    answerOf: (channel, program) => answerOf(channel, program, target),
    reportOf: (channel) => reportOf(channel, target),
  };
}

async function skipGreeting(greeting: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const packet of readPackets(greeting)) if (packet === "flush") return;
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
