import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";

/** What happens to connections, for the next of them. */
export interface SshConnectionFault {
  /** How many connections it happens to. Default: all. */
  readonly times?: number | undefined;
  /** `refuse` ends them at once, `hang` never says a word. */
  readonly kind: "refuse" | "hang";
}

/** Real SSH daemons behind one port, one for each connection. */
export interface SshDaemon {
  readonly port: number;
  /** How many connections there were. */
  readonly connections: number;
  /** How many there are now. */
  readonly openConnections: number;
  /** How many bytes were sent to clients. */
  readonly sentBytes: number;
  setFault(fault: SshConnectionFault | undefined): void;
  /** Breaks all connections. */
  cut(): void;
  close(): Promise<void>;
}

/** Files of the daemons. */
export interface SshDaemonFiles {
  readonly configuration: string;
  /** Where they write what they do. */
  readonly log: string;
}

/**
 * Listens on 127.0.0.1, on a port of the system's choice, and starts `sshd -i` for each connection.
 *
 * As the superuser, it makes the folder that Debian's sshd asks for, `/run/sshd`, where it is missing.
 */
export async function startSshDaemon(
  sshd: string,
  { configuration, log }: SshDaemonFiles,
): Promise<SshDaemon> {
  if (process.getuid?.() === 0) await mkdir("/run/sshd", { recursive: true, mode: 0o755 });
  const children = new Set<ChildProcessWithoutNullStreams>();
  const sockets = new Set<Socket>();
  let connections = 0;
  let sentBytes = 0;
  let fault: { readonly kind: SshConnectionFault["kind"]; left: number } | undefined;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
    if (fault !== undefined && fault.left > 0) {
      fault.left -= 1;
      if (fault.kind === "refuse") socket.resetAndDestroy();
      else socket.resume();
      return;
    }
    const child = serve(socket, sshd, ["-i", "-E", log, "-f", configuration]);
    child.stdout.on("data", (chunk: Buffer) => {
      sentBytes += chunk.length;
    });
    children.add(child);
    child.once("close", () => children.delete(child));
  });
  const port = await listen(server);
  return {
    port,
    get connections() {
      return connections;
    },
    get openConnections() {
      return sockets.size;
    },
    get sentBytes() {
      return sentBytes;
    },
    setFault: (next) => {
      fault =
        next === undefined
          ? undefined
          : { kind: next.kind, left: next.times ?? Number.POSITIVE_INFINITY };
    },
    cut: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      const ended = [...children].map(
        (child) => new Promise((resolve) => child.once("close", resolve)),
      );
      for (const socket of sockets) socket.destroy();
      for (const child of children) child.kill("SIGKILL");
      await Promise.all([closed, ...ended]);
    },
  };
}

function serve(
  socket: Socket,
  sshd: string,
  args: readonly string[],
): ChildProcessWithoutNullStreams {
  const child = spawn(sshd, args, { stdio: "pipe" });
  child.once("error", () => socket.destroy());
  child.stdin.on("error", () => undefined);
  child.stderr.resume();
  socket.pipe(child.stdin);
  child.stdout.pipe(socket);
  // Whoever is gone needs no answer any more.
  socket.once("close", () => child.kill("SIGTERM"));
  return child;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}
