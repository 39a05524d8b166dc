import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { requireProgram } from "./real-servers.js";

/** A running registry of Debian's package `docker-registry`. */
export interface DockerRegistry {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  /** `127.0.0.1:<port>`, as it stands in an image reference. */
  readonly host: string;
  /** Ends the process and removes what it stored. */
  close(): Promise<void>;
}

/**
 * Starts an empty registry on a free loopback port and waits until it answers.
 *
 * `settings` are more sections of its configuration file, for example `auth`.
 */
export async function startDockerRegistry(
  settings: Readonly<Record<string, unknown>> = {},
): Promise<DockerRegistry> {
  const program = requireProgram("docker-registry");
  if (program === undefined) throw new Error("docker-registry is not installed");
  const folder = await mkdtemp(join(tmpdir(), "docker-registry-"));
  const configuration = join(folder, "config.yml");
  await writeFile(configuration, JSON.stringify({ ...baseSettings(folder), ...settings }));

  const registry = spawn(program, ["serve", configuration], {
    env: { HOME: folder },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const kill = (): boolean => registry.kill("SIGKILL");
  process.once("exit", kill);
  const close = async (): Promise<void> => {
    process.off("exit", kill);
    await stop(registry);
    await rm(folder, { recursive: true, force: true });
  };

  try {
    const host = await listeningHost(registry);
    const url = `http://${host}`;
    await waitForAnswer(`${url}/v2/`);
    return { url, host, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function baseSettings(folder: string): Readonly<Record<string, unknown>> {
  return {
    version: "0.1",
    log: { level: "info", formatter: "json", accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: join(folder, "storage") },
      delete: { enabled: true },
    },
    // Port 0 lets the system choose; the log says which.
    http: { addr: "127.0.0.1:0", secret: "only for tests" },
  };
}

async function listeningHost(registry: ChildProcess): Promise<string> {
  const log: string[] = [];
  if (registry.stderr === null) throw new Error("the registry has no log");
  for await (const line of createInterface({ input: registry.stderr })) {
    log.push(line);
    const host = /listening on (127\.0\.0\.1:\d+)/.exec(line)?.[1];
    if (host === undefined) continue;
    // Read on, or the registry would block on a full pipe.
    registry.stderr.resume();
    return host;
  }
  throw new Error(`docker-registry ended before it listened:\n${log.join("\n")}`);
}

async function waitForAnswer(url: string): Promise<void> {
  const deadline = Date.now() + 120_000;
  let reason: unknown;
  while (Date.now() < deadline) {
    try {
      const response = await fetch(url);
      await response.body?.cancel();
      return;
    } catch (error) {
      reason = error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error(`docker-registry does not answer at ${url}`, { cause: reason });
}

async function stop(registry: ChildProcess): Promise<void> {
  if (registry.exitCode !== null || registry.signalCode !== null) return;
  const ended = once(registry, "exit");
  registry.kill("SIGTERM");
  const patience = setTimeout(() => registry.kill("SIGKILL"), 2_000);
  await ended;
  clearTimeout(patience);
}
