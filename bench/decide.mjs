// What deciding costs: `npm run bench -- decide --tags 1000000`, or without it 10k, 100k and a million,
// each in a process of its own, since a peak is the whole process's.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createUpdater, readApplication } from "../packages/core/dist/index.js";
import { systemClock } from "../packages/core/dist/system/index.js";

const SIZES = [10_000, 100_000, 1_000_000];
const STRATEGIES = ["semver", "alphabetical"];

export async function main(args) {
  const { values } = parseArgs({
    args,
    options: { tags: { type: "string" }, strategy: { type: "string" } },
  });
  if (values.tags !== undefined && values.strategy !== undefined) {
    await plan(Number(values.tags), values.strategy);
    return;
  }
  const sizes = values.tags === undefined ? SIZES : [Number(values.tags)];
  console.log("strategy        tags      chosen          CPU ms   wall ms   peak RSS MB");
  for (const strategy of STRATEGIES) {
    for (const size of sizes) {
      const run = fileURLToPath(new URL("run.mjs", import.meta.url));
      const options = ["decide", "--tags", String(size), "--strategy", strategy];
      spawnSync(process.execPath, [run, ...options], { stdio: "inherit" });
    }
  }
}

async function plan(count, strategy) {
  const image = "registry.example/team/app";
  const names = Array.from({ length: count }, (_, index) => nameOf(index));
  const registry = {
    contract: "registry-client/1",
    serves: () => true,
    listTags: async () => names,
    describeTag: async () => ({ kind: "gone" }),
    resolveDigest: async () => undefined,
  };
  const updater = createUpdater({ registries: [registry], writeBack: [], clock: systemClock() });
  const prefix = "argocd-image-updater.argoproj.io";
  const annotations = {
    [`${prefix}/image-list`]: `app=${image}`,
    [`${prefix}/app.update-strategy`]: strategy,
  };
  const { value: application } = readApplication({
    metadata: { name: "web", namespace: "argocd", annotations },
    spec: { source: { repoURL: "https://git.example/apps.git", path: "web" } },
    status: { sourceType: "Helm", summary: { images: [`${image}:1.0.0`] } },
  });
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  const result = await updater.plan([application]);
  const spent = process.cpuUsage(cpu);
  const cells = [
    strategy.padEnd(13),
    String(count).padStart(8),
    (result.applications[0]?.images[0]?.decision.tag ?? "none").padStart(12),
    String(Math.round((spent.user + spent.system) / 1000)).padStart(14),
    String(Math.round(performance.now() - wall)).padStart(9),
    String(Math.round(process.resourceUsage().maxRSS / 1024)).padStart(13),
  ];
  console.log(cells.join(" "));
}

/** Versions, prereleases, commits and dates, in no order. */
function nameOf(index) {
  const scattered = (index * 7919) % 1_000_003;
  const version = `${scattered % 9}.${scattered % 977}.${scattered}`;
  if (index % 10 === 0) return `${version}-rc.${index % 7}`;
  return index % 10 === 1 ? `sha-${scattered.toString(16).padStart(8, "0")}` : version;
}
