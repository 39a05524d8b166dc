// Writes one change to generated repositories in several ways and compares what each costs:
// `npm run bench -- git [--size small,mid,big] [--runs 3] [--latency 0]`.
import { execFileSync } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { arch, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startGitServer } from "@image-updater/writeback-git/testing";
import { startMeter } from "./git/meter.mjs";
import { methods } from "./git/methods.mjs";
import { fillRepository, sizes } from "./git/repositories.mjs";
import { formatTable } from "./git/table.mjs";

const REPOSITORY = "bench";

/** Prints one table per size. */
export async function main(args) {
  const { values } = parseArgs({
    args,
    options: {
      size: { type: "string", default: Object.keys(sizes).join(",") },
      runs: { type: "string", default: "3" },
      latency: { type: "string", default: "0" },
    },
  });
  const wanted = values.size.split(",");
  const unknown = wanted.find((size) => !Object.hasOwn(sizes, size));
  if (unknown !== undefined) throw new Error(`there is no size ${unknown}`);
  console.log(`${machine()}; ${values.runs} runs each, medians; ${values.latency} ms per request`);
  for (const size of wanted) {
    const rows = await measure(size, Number(values.runs), Number(values.latency));
    console.log(`\n${formatTable(size, sizes[size], rows)}`);
  }
}

/** All methods on one repository, each row once per run. */
async function measure(size, runs, latencyMs) {
  const home = await mkdtemp(join(tmpdir(), "bench-git-"));
  const servers = [];
  try {
    const filtered = await startGitServer();
    servers.push(filtered);
    const { path } = await filtered.createRepository(REPOSITORY);
    await fillRepository(filtered, REPOSITORY, sizes[size]);
    const plain = await startGitServer({ filters: false });
    servers.push(plain);
    const { path: copy } = await plain.createRepository(REPOSITORY);
    await rm(copy, { recursive: true });
    await cp(path, copy, { recursive: true });
    const rows = new Map();
    for (let run = 0; run < runs; run += 1) {
      for (const method of methods) {
        const server = method.filters === false ? plain : filtered;
        for (const row of await measureOnce(method, { server, home, latencyMs, size })) {
          rows.set(row.name, [...(rows.get(row.name) ?? []), row]);
        }
      }
    }
    await Promise.all(servers.map((server) => server.fsck(REPOSITORY)));
    return [...rows.values()];
  } finally {
    await Promise.all(servers.map((server) => server.close()));
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function measureOnce(method, { server, home, latencyMs, size }) {
  const meter = await startMeter(server, { latencyMs });
  const folder = await mkdtemp(join(home, "run-"));
  try {
    const url = `${meter.url}/${REPOSITORY}.git`;
    return await method.run({ url, folder, home, meter, path: sizes[size].path });
  } finally {
    await meter.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function machine() {
  const git = execFileSync("git", ["--version"], { encoding: "utf8" }).trim();
  return `${cpus().length} CPUs (${arch()}), Node ${process.versions.node}, ${git}, loopback`;
}
