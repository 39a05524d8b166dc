import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { WriteBackChange } from "@image-updater/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startGitServer, type GitTestServer } from "../src/testing/index.js";
import { change, codeOf, localGit, setValue } from "./changes.js";

const PROGRAM = fileURLToPath(new URL("write-in-child.mjs", import.meta.url));
const BUILT = fileURLToPath(new URL("../dist/index.js", import.meta.url));
const APPLICATIONS = 3;

let server: GitTestServer;
let url: string;
const target = localGit();
let version = 1;
let lastsMs = 0;

beforeAll(async () => {
  if (!existsSync(BUILT)) throw new Error(`${BUILT} is missing: run "npm run build" first`);
  server = await startGitServer();
  const files = Array.from({ length: APPLICATIONS }, (_, index) => [fileOf(index), "tag: v1\n"]);
  const branches = { main: Object.fromEntries(files) };
  ({ url } = await server.createRepository("app", { branches }));
});
afterAll(() => server.close());

function fileOf(index: number): string {
  return `apps/app-${index}/values.yaml`;
}

interface Writer {
  readonly child: ChildProcess;
  /** When it begins to write. */
  readonly ready: Promise<unknown>;
  readonly ended: Promise<number | null>;
}

/** Another process that writes the next version of all applications. */
function startWriter(): Writer {
  version += 1;
  const args = [PROGRAM, url, `v${version}`, String(APPLICATIONS)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", resolve);
  });
  const ready = new Promise((resolve) => child.stdout?.once("data", resolve));
  return { child, ended, ready: Promise.race([ready, ended]) };
}

/** The branch is where it was, or has all commits; then the same writes complete it, once. */
async function checkAndComplete(before: readonly string[]): Promise<void> {
  const ids = await commitIds();
  const added = ids.length - before.length;
  expect([0, APPLICATIONS]).toContain(added);
  expect(ids.slice(added)).toEqual(before);
  // A push that the server has may still arrive while this one is made.
  const kinds = new Set((await target.write(changes())).map(codeOf));
  expect(added === 0 ? ["written", "unchanged"] : ["unchanged"]).toContain([...kinds].join());
  for (let index = 0; index < APPLICATIONS; index += 1) {
    expect(await server.readFile("app", "main", fileOf(index))).toBe(`tag: v${version}\n`);
  }
  expect(await commitIds()).toHaveLength(before.length + APPLICATIONS);
}

async function commitIds(): Promise<readonly string[]> {
  return (await server.log("app", "main")).map(({ id }) => id);
}

function changes(): readonly WriteBackChange[] {
  return Array.from({ length: APPLICATIONS }, (_, index) =>
    change(`app-${index}`, { repository: url }, [setValue(fileOf(index), "tag", `v${version}`)]),
  );
}

describe("a writer that is killed", () => {
  it("would write everything if it were not", async () => {
    const before = await commitIds();
    server.clearRequests();
    const { ready, ended } = startWriter();
    await ready;
    const started = Date.now();
    expect(await ended).toBe(0);
    lastsMs = Date.now() - started;
    await checkAndComplete(before);
  });

  // The greeting, the branches, the commit, three levels of folders with their files, the push.
  it.each([1, 2, 3, 4, 5, 6, 7, 8])("at its request %i leaves all or nothing", async (request) => {
    const before = await commitIds();
    const { child, ended } = startWriter();
    let requests = 0;
    const kill = async (): Promise<void> => {
      requests += 1;
      if (requests !== request) return;
      child.kill("SIGKILL");
      await ended;
    };
    server.setFaults([{ before: kill }]);
    await ended;
    expect(requests).toBe(request);
    expect(child.signalCode).toBe("SIGKILL");
    server.setFaults([]);
    await checkAndComplete(before);
  });

  it("while its push is being checked leaves all or nothing", async () => {
    const before = await commitIds();
    const { child, ended } = startWriter();
    await server.installHook("app", "pre-receive", `kill -9 ${String(child.pid)}; sleep 0.1`);
    await ended;
    expect(child.signalCode).toBe("SIGKILL");
    await server.installHook("app", "pre-receive", "exit 0");
    await checkAndComplete(before);
  });

  it("at any time leaves all or nothing", async () => {
    for (let round = 0; round < 6; round += 1) {
      const before = await commitIds();
      const { child, ready, ended } = startWriter();
      await ready;
      await setTimeout(Math.random() * lastsMs);
      child.kill("SIGKILL");
      await ended;
      await checkAndComplete(before);
    }
  });

  // What was damaged once would be so still.
  it("leaves a repository that is whole", () => server.fsck("app"));
});
