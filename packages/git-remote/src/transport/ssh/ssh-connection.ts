import { connect as connectSocket, type Socket } from "node:net";
import { GitRemoteError } from "../../git-remote-error.js";
import ssh2, { type AuthenticationType, type ParsedKey, type PublicKeyAuthMethod } from "ssh2";
import type { SshRepositoryUrl } from "../../repository/ssh-address.js";
import { cleanServerText } from "../server-text.js";
import { fingerprintOf, type HostKeyPolicy } from "./host-keys.js";
import { createSshChannel, type SshChannel } from "./ssh-channel.js";
import { connectionError, connectionLost, type LoginContext } from "./ssh-error.js";

/** Where to connect, as whom, and which server to trust. */
export interface SshLogin {
  readonly address: Pick<SshRepositoryUrl, "url" | "host" | "port">;
  readonly username: string;
  readonly key: ParsedKey;
  readonly hostKeys: HostKeyPolicy;
}

/** A connection to a server, for any number of channels. */
export interface SshConnection {
  /** Why it is of no use any more. */
  readonly failure: GitRemoteError | undefined;
  /** Starts a program; waits until the connection is there. */
  execute(command: string, environment: Readonly<Record<string, string>>): Promise<SshChannel>;
  /** Ends it at once; whatever is awaited of it then fails. */
  destroy(): void;
}

/**
 * Connects to an SSH server and proves who we are, by one key and nothing else.
 *
 * The server's key is checked before anything of ours is shown. Every method that fails throws
 * `GitRemoteError`.
 */
export function openSshConnection(login: SshLogin): SshConnection {
  const { address } = login;
  const target = address.url;
  const client = new ssh2.Client();
  const socket = connectSocket({ host: address.host, port: address.port, noDelay: true });
  const state: ConnectionState = { failure: undefined, isReady: false };
  const ready = connect(client, socket, login, state);
  // Whoever waits for it is told; nobody may be waiting.
  ready.catch(() => undefined);
  return {
    get failure() {
      return state.failure;
    },
    execute: async (command, environment) => {
      await ready;
      try {
        return await startProgram(client, command, environment, () => state.failure);
      } catch (cause) {
        throw state.failure ?? programRefused(target, cause);
      }
    },
    destroy: () => {
      state.failure ??= connectionLost(target);
      if (state.isReady) client.end();
      socket.destroy();
    },
  };
}

interface ConnectionState {
  /** The first reason; what follows from it is of no interest. */
  failure: GitRemoteError | undefined;
  isReady: boolean;
}

function connect(
  client: ssh2.Client,
  socket: Socket,
  login: SshLogin,
  state: ConnectionState,
): Promise<void> {
  const context = describeLogin(login);
  const method = describeMethod(login);
  return new Promise((resolve, reject) => {
    const fail = (error: GitRemoteError): void => {
      state.failure ??= error;
      socket.destroy();
      reject(state.failure);
    };
    client.once("ready", () => {
      state.isReady = true;
      resolve();
    });
    client.on("error", (cause) => fail(connectionError(cause, context)));
    client.once("close", () => fail(connectionLost(context.target)));
    client.connect({
      ...method,
      sock: socket,
      readyTimeout: 0,
      hostVerifier: (blob: Buffer) => {
        state.failure ??= login.hostKeys.check(blob);
        return state.failure === undefined;
      },
    });
  });
}

function describeLogin({ address, username, key, hostKeys }: SshLogin): LoginContext {
  return {
    target: address.url,
    login: `user ${username} (${key.type} ${fingerprintOf(key.getPublicSSH())})`,
    noCommonType: () => hostKeys.noCommonType(),
  };
}

function describeMethod({
  address: { host, port },
  username,
  key,
  hostKeys: { algorithms },
}: SshLogin): Parameters<ssh2.Client["connect"]>[0] {
  const method: PublicKeyAuthMethod & { readonly type: AuthenticationType } = {
    type: "publickey",
    username,
    key,
  };
  return {
    host,
    port,
    username,
    authHandler: [method],
    ...(algorithms === undefined ? {} : { algorithms: { serverHostKey: [...algorithms] } }),
  };
}

function startProgram(
  client: ssh2.Client,
  command: string,
  env: Readonly<Record<string, string>>,
  failure: () => GitRemoteError | undefined,
): Promise<SshChannel> {
  return new Promise((resolve, reject) => {
    client.exec(command, { env: { ...env } }, (error, channel) => {
      // At once: what the channel says next must not be missed.
      if (error === undefined) resolve(createSshChannel(channel, failure));
      else reject(error);
    });
  });
}

/** A channel that is not opened may be one too many at the moment; a program that is refused stays so. */
function programRefused(target: string, cause: unknown): GitRemoteError {
  const reason = cause instanceof Error ? cleanServerText(cause.message, []) : "";
  const code = reason === "Unable to exec" ? "forbidden" : "unavailable";
  const message = `${target}: the SSH server starts no program: ${reason}`;
  return new GitRemoteError(code, message, { target, cause });
}
