// Runs the cluster suites on a real API server: `npm run test:cluster`.
//
// Builds kube-apiserver and etcd, as main.go puts them together, into a folder outside of the repository
// (minutes the first time, seconds later), starts them on loopback, and stops them at the end. Needs Go and,
// the first time, its module proxy. Arguments go to vitest.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SUITES = ["packages/kubernetes/test/cluster", "test/cluster"];
const PATIENCE_MS = 120_000;

process.exitCode = await main(process.argv.slice(2));

async function main(args) {
  const go = ["go", "/usr/local/go/bin/go"].find((one) => spawnSync(one, ["version"]).status === 0);
  if (go === undefined) {
    console.error("test:cluster needs Go: https://go.dev/dl");
    return 1;
  }
  const program = build(go);
  const folder = mkdtempSync(join(tmpdir(), "test-cluster-"));
  const log = join(folder, "log");
  const output = openSync(log, "w");
  const server = spawn(program, [folder], { stdio: ["ignore", output, output] });
  try {
    await untilReady(server, join(folder, "kubeconfig"), log);
    return await test(join(folder, "kubeconfig"), args);
  } finally {
    server.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The program of these sources; built where it is not yet. */
function build(go) {
  const sources = ["main.go", "go.mod", "go.sum"].map((file) => readFileSync(join(HERE, file)));
  const key = createHash("sha256").update(Buffer.concat(sources)).digest("hex").slice(0, 16);
  const cache = process.env.TEST_CLUSTER_CACHE ?? join(homedir(), ".cache", "image-updater-sdk");
  const program = join(cache, `test-cluster-${key}`);
  if (existsSync(program)) return program;
  mkdirSync(cache, { recursive: true });
  console.log(`building kube-apiserver into ${program}; this takes some minutes`);
  const parts = ["build", "-mod=readonly", "-buildvcs=false", "-p=2", "-ldflags=-s -w", "-o"];
  const built = spawnSync(go, [...parts, program, "."], { cwd: HERE, stdio: "inherit" });
  if (built.status !== 0) throw new Error("kube-apiserver could not be built");
  return program;
}

async function untilReady(server, kubeconfig, log) {
  const end = Date.now() + PATIENCE_MS;
  while (Date.now() < end && server.exitCode === null) {
    if (existsSync(kubeconfig) && (await isReady(readFileSync(kubeconfig, "utf8")))) return;
    await delay(100);
  }
  throw new Error(`the API server is not ready:\n${readFileSync(log, "utf8").slice(-4000)}`);
}

async function isReady(kubeconfig) {
  const [, url] = /server: "([^"]+)"/.exec(kubeconfig) ?? [];
  const [, token] = /token: (\w+)/.exec(kubeconfig) ?? [];
  const { request } = await import("node:https");
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${token}` };
    const sent = request(`${url}/readyz`, { headers, rejectUnauthorized: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    sent.on("error", () => resolve(false));
    sent.end();
  });
}

function test(kubeconfig, args) {
  const suites = args.some((arg) => !arg.startsWith("-")) ? [] : SUITES;
  // One file after another: they define the same kinds, and take them away at the end.
  const vitest = ["vitest", "run", "--no-file-parallelism", ...suites, ...args];
  const pnpm = [join(ROOT, "tools", "pnpm.mjs"), "exec", ...vitest];
  const env = { ...process.env, KUBECONFIG: kubeconfig, TEST_CLUSTER: "1" };
  const child = spawn(process.execPath, pnpm, { cwd: ROOT, env, stdio: "inherit" });
  return new Promise((resolve) => {
    child.on("close", (code) => resolve(code ?? 1));
  });
}
