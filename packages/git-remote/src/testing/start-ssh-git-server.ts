import { constants } from "node:fs";
import {
  access,
  appendFile,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  writeFile,
} from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { delimiter, join } from "node:path";
import { createGitProgram } from "./git-program.js";
import {
  createGitRepositories,
  type FixtureRepository,
  type GitRepositories,
} from "./git-repositories.js";
import { startSshDaemon, type SshConnectionFault, type SshDaemon } from "./ssh-daemon.js";
import { forcedCommand, sshdConfiguration } from "./ssh-files.js";
import {
  generateSshKey,
  type SshKeyOptions,
  type SshKeyPair,
  type SshKeyType,
} from "./ssh-keys.js";

/** Something that goes wrong when a program is started; the first that is left for it is used. */
export interface SshProgramFault {
  readonly program: "git-upload-pack" | "git-receive-pack";
  /** How often it happens. Default: always. */
  readonly times?: number | undefined;
  /**
   * Lines of a shell script that run instead of the program; `"$@"` is the program. One that waits should
   * read its input meanwhile, so that it ends with its connection.
   */
  readonly script: string;
}

/** Settings of {@link startSshGitServer}. */
export interface SshGitServerOptions {
  /** `0` makes a server that does not take the wish for protocol version 2. Default: 2. */
  readonly protocol?: 0 | 2 | undefined;
  /** Whether a client may leave out objects (`uploadpack.allowFilter`). Default: true. */
  readonly filters?: boolean | undefined;
  /** Default: `ed25519`. */
  readonly hostKeys?: readonly SshKeyType[] | undefined;
  /** What reads the command line: Git's restricted shell, or the system's. Default: `git-shell`. */
  readonly shell?: "git-shell" | "sh" | undefined;
}

/** A program that a client started. */
export interface SshServerCommand {
  readonly command: string;
  /** What the client wished for, where the server takes it. */
  readonly protocol: string;
}

/** A Git server behind OpenSSH on loopback, and the hands of its administrator. */
export interface SshGitTestServer extends GitRepositories {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Lines of `known_hosts` for all its keys. */
  readonly knownHosts: string;
  readonly hostKeys: readonly SshKeyPair[];
  /** What opens it: a key of its own, and its host keys. */
  readonly credential: {
    readonly kind: "ssh-key";
    readonly privateKey: string;
    readonly knownHosts: string;
  };
  /** How many connections there were. */
  readonly connections: number;
  /** How many there are now. */
  readonly openConnections: number;
  /** How many bytes were sent to clients. */
  readonly sentBytes: number;
  /** What the daemon wrote, in the words of OpenSSH's lowest level of debugging. */
  daemonLog(): Promise<string>;
  createRepository(
    name: string,
    fixture?: FixtureRepository,
  ): Promise<{ readonly url: string; readonly path: string }>;
  /** Makes a key, and lets it in unless told otherwise. */
  createKey(options?: SshKeyOptions & { readonly refused?: boolean }): Promise<SshKeyPair>;
  /** Lets a public key in. */
  authorize(publicKey: string): Promise<void>;
  /** The programs that were started so far, in order. */
  commands(): Promise<readonly SshServerCommand[]>;
  /** Replaces what goes wrong with connections. */
  setConnectionFault(fault: SshConnectionFault | undefined): void;
  /** Replaces what goes wrong with programs. */
  setProgramFaults(faults: readonly SshProgramFault[]): Promise<void>;
  /** Breaks all connections. */
  cut(): void;
  close(): Promise<void>;
}

/**
 * Starts a real Git server: OpenSSH's `sshd` and the git program, on 127.0.0.1.
 *
 * It runs as whoever starts it, who is the only one to log in, with keys and a configuration of its own. The home
 * folder of relative paths is the one of the repositories. Throws where a program is missing.
 */
export async function startSshGitServer(
  options: SshGitServerOptions = {},
): Promise<SshGitTestServer> {
  const sshd = await findSshd();
  if (sshd === undefined) throw new Error("sshd is missing: install the package openssh-server");
  const home = await mkdtemp(join(tmpdir(), "ssh-git-server-"));
  const files = await writeFiles(home, options);
  const daemon = await startSshDaemon(sshd, {
    configuration: files.configuration,
    log: files.daemonLog,
  });
  const own = await generateSshKey(home, "own");
  await authorize(files, own.publicKey);
  return createServer(home, files, daemon, own);
}

function createServer(
  home: string,
  files: ServerFiles,
  daemon: SshDaemon,
  { privateKey }: SshKeyPair,
): SshGitTestServer {
  const program = createGitProgram(home);
  const repositories = createGitRepositories(files.root, program);
  const user = userInfo().username;
  const { port } = daemon;
  const knownHosts = files.hostKeys
    .map(({ publicKey }) => `[${HOST}]:${port} ${publicKey}\n`)
    .join("");
  let keys = 0;
  return {
    ...repositories,
    host: HOST,
    port,
    user,
    knownHosts,
    hostKeys: files.hostKeys,
    credential: { kind: "ssh-key", privateKey, knownHosts },
    get connections() {
      return daemon.connections;
    },
    get openConnections() {
      return daemon.openConnections;
    },
    get sentBytes() {
      return daemon.sentBytes;
    },
    daemonLog: () => readFile(files.daemonLog, "utf8"),
    createRepository: async (name, fixture) => {
      const { path } = await repositories.createRepository(name, fixture);
      const encoded = path.split("/").map(encodeURIComponent).join("/");
      return { path, url: `ssh://${encodeURIComponent(user)}@${HOST}:${port}${encoded}` };
    },
    createKey: async ({ refused = false, ...key } = {}) => {
      keys += 1;
      const pair = await generateSshKey(home, `key-${keys}`, key);
      if (!refused) await authorize(files, pair.publicKey);
      return pair;
    },
    authorize: (publicKey) => authorize(files, publicKey),
    commands: async () => parseCommands(await readFile(files.log, "utf8")),
    setConnectionFault: daemon.setFault,
    setProgramFaults: (faults) => writeFaults(home, files.faults, faults),
    cut: daemon.cut,
    close: async () => {
      await Promise.all([daemon.close(), program.close()]);
      await rm(home, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

const HOST = "127.0.0.1";

function authorize({ authorizedKeys }: ServerFiles, publicKey: string): Promise<void> {
  return appendFile(authorizedKeys, `${publicKey}\n`);
}

/** Where the daemon is: it must be started by its whole path. `undefined` when it is nowhere. */
async function findSshd(): Promise<string | undefined> {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  for (const folder of folders) {
    const path = join(folder, "sshd");
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (folder.startsWith("/") && isThere) return path;
  }
  return undefined;
}

interface ServerFiles {
  readonly root: string;
  readonly configuration: string;
  readonly authorizedKeys: string;
  readonly log: string;
  readonly daemonLog: string;
  readonly faults: string;
  readonly hostKeys: readonly SshKeyPair[];
}

async function writeFiles(home: string, options: SshGitServerOptions): Promise<ServerFiles> {
  const { protocol = 2, filters = true, shell = "git-shell", hostKeys = ["ed25519"] } = options;
  const root = join(home, "repositories");
  const faults = join(home, "faults");
  const log = join(home, "commands.log");
  const authorizedKeys = join(home, "authorized_keys");
  const script = join(home, "forced-command");
  await Promise.all([mkdir(root), mkdir(faults)]);
  const keys = await Promise.all(
    hostKeys.map((type) => generateSshKey(home, `host-${type}`, { type })),
  );
  const daemonLog = join(home, "sshd.log");
  await Promise.all([writeFile(log, ""), writeFile(daemonLog, "")]);
  await writeFile(authorizedKeys, "");
  await writeFile(script, forcedCommand({ root, log, faults, filters, shell }), { mode: 0o755 });
  const configuration = join(home, "sshd_config");
  const text = sshdConfiguration({
    hostKeys: keys.map(({ path }) => path),
    authorizedKeys,
    script,
    takesProtocol: protocol === 2,
  });
  await writeFile(configuration, text);
  return { root, configuration, authorizedKeys, log, daemonLog, faults, hostKeys: keys };
}

function parseCommands(log: string): readonly SshServerCommand[] {
  return log
    .split("\0\n")
    .slice(0, -1)
    .map((entry) => {
      const [protocol = "", command = ""] = entry.split("\0", 2);
      return { command, protocol };
    });
}

async function writeFaults(
  home: string,
  folder: string,
  faults: readonly SshProgramFault[],
): Promise<void> {
  const next = join(home, "next-faults");
  await mkdir(next);
  for (const [index, { program, times, script }] of faults.entries()) {
    const name = `${program}.${String(index).padStart(3, "0")}`;
    if (times === undefined) await writeFile(join(next, `${name}.always`), script);
    for (let count = 0; count < (times ?? 0); count += 1) {
      await writeFile(join(next, `${name}.once.${count}`), script);
    }
  }
  await rm(folder, { recursive: true, force: true });
  await rename(next, folder);
}
