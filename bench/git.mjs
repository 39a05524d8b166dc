// Writes one change to generated repositories in several ways and compares what each costs:
// `npm run bench -- git [--size small,mid,big,flat] [--runs 3] [--latency 0]`.
import { execFileSync } from "node:child_process";
import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { arch, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startGitServer, startSshGitServer } from "@image-updater/writeback-git/testing";
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
    const places = await startPlaces(servers, sizes[size]);
    const rows = new Map();
    for (let run = 0; run < runs; run += 1) {
      for (const { place = "filtered", run: runMethod } of methods) {
        if (places[place] === undefined) continue;
        const context = { place: places[place], home, latencyMs, size };
        for (const row of await measureOnce(runMethod, context)) {
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

/** The same repository on several servers; those over HTTP with filters and over SSH share its folder. */
async function startPlaces(servers, shape) {
  const filtered = await startGitServer();
  servers.push(filtered);
  const { path } = await filtered.createRepository(REPOSITORY);
  await fillRepository(filtered, REPOSITORY, shape);

  const plain = await startGitServer({ filters: false });
  servers.push(plain);
  const { path: copy } = await plain.createRepository(REPOSITORY);
  await rm(copy, { recursive: true });
  await cp(path, copy, { recursive: true });

  const ssh = await startSshGitServer().catch((error) => {
    console.error(`nothing over SSH: ${error.message}`);
  });
  if (ssh === undefined) return { filtered: overHttp(filtered), plain: overHttp(plain) };
  servers.push(ssh);
  const { path: link, url } = await ssh.createRepository(REPOSITORY);
  await rm(link, { recursive: true });
  await symlink(path, link);
  return { filtered: overHttp(filtered), plain: overHttp(plain), ssh: overSsh(ssh, url) };
}

/** Where a server is, and how it is reached through a proxy on another port. */
function overHttp(server) {
  const { hostname, port } = new URL(server.url);
  return {
    host: hostname,
    port: Number(port),
    countRequests: async () => server.requests.length,
    through: (proxy) => ({ url: `http://${hostname}:${proxy}/${REPOSITORY}.git` }),
  };
}

function overSsh(server, url) {
  const { host, port, credential } = server;
  const replacePort = (text, proxy) => text.replaceAll(`:${port}`, `:${proxy}`);
  return {
    host,
    port,
    countRequests: async () => (await server.commands()).length,
    through: (proxy) => ({
      url: replacePort(url, proxy),
      credential: { ...credential, knownHosts: replacePort(credential.knownHosts, proxy) },
    }),
  };
}

async function measureOnce(runMethod, { place, home, latencyMs, size }) {
  const meter = await startMeter(place, { latencyMs });
  const folder = await mkdtemp(join(home, "run-"));
  try {
    const repository = place.through(meter.port);
    return await runMethod({ ...repository, folder, home, meter, path: sizes[size].path });
  } finally {
    await meter.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function machine() {
  const git = execFileSync("git", ["--version"], { encoding: "utf8" }).trim();
  return `${cpus().length} CPUs (${arch()}), Node ${process.versions.node}, ${git}, loopback`;
}
