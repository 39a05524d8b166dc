// One method in a process of its own, so that its memory is its own.
import { once } from "node:events";
import fs from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

const APPLICATION = { name: "bench", namespace: "argocd" };
const GIT = { method: "git", target: { kind: "helmvalues" } };
const methods = {
  "isomorphic-git": writeWithIsomorphicGit,
  "write-back-alone": writeOnce,
  "write-back": writeThreeTimes,
  "write-back-fewer-requests": writeWithFewerRequests,
  "write-back-over-ssh": writeOverSsh,
  "write-back-without-filters": writeWithoutFilters,
};

let peak = 0;
const [method = ""] = process.argv.slice(2);
const [task] = await once(process, "message");
await methods[method](task);
process.disconnect();

/** Measures one step and reports it. */
async function step(name, work) {
  const before = process.memoryUsage.rss();
  peak = Math.max(peak, highestMemory());
  forgetHighestMemory();
  const started = performance.now();
  await work();
  const ms = performance.now() - started;
  const highest = highestMemory();
  peak = Math.max(peak, highest);
  process.send({ name, ms, rss: peak, growth: highest - before });
  await once(process, "message");
}

/** Linux can forget the highest memory of a process; elsewhere it is not known. */
function forgetHighestMemory() {
  try {
    fs.writeFileSync("/proc/self/clear_refs", "5");
  } catch {
    peak = Number.NaN;
  }
}

function highestMemory() {
  try {
    const status = fs.readFileSync("/proc/self/status", "utf8");
    return Number(/^VmHWM:[ \t]+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  } catch {
    return Number.NaN;
  }
}

/** isomorphic-git is the package's dependency, not the repository's. */
function loadIsomorphicGit(file) {
  const folder = "../../packages/git-remote/node_modules/isomorphic-git";
  return import(new URL(`${folder}/${file}`, import.meta.url).href);
}

async function writeOnce(context) {
  const target = await createTarget(context);
  await writeValue(target, context, `v${Date.now()}`, "written");
  process.send(highestMemory());
}

async function writeThreeTimes(context) {
  const write = await openWriteBack(context);
  const now = Date.now();
  await step("this package, first change", () => write(`v${now}`, "written"));
  await step("this package, second change", () => write(`v${now + 1}`, "written"));
  await step("this package, nothing to do", () => write(`v${now + 1}`, "unchanged"));
}

async function writeWithFewerRequests(context) {
  const write = await openWriteBack(context, { prefer: "fewer-requests" });
  await step("this package, fewer requests", () => write(`v${Date.now()}`, "written"));
}

async function writeOverSsh(context) {
  const write = await openWriteBack(context);
  const now = Date.now();
  await step("over SSH, first change", () => write(`v${now}`, "written"));
  await step("over SSH, second change", () => write(`v${now + 1}`, "written"));
}

async function writeWithoutFilters(context) {
  const write = await openWriteBack(context);
  const now = Date.now();
  await step("without filters, first change", () => write(`v${now}`, "written"));
  await step("without filters, second change", () => write(`v${now + 1}`, "written"));
}

async function openWriteBack(context, settings = {}) {
  const target = await createTarget(context, settings);
  // Once in the life of a process: the HTTP client compiles its parser, and modules are loaded.
  const nowhere = { repository: `${context.url}/none` };
  await target.read([{ application: APPLICATION, settings: GIT, location: nowhere, paths: [] }]);
  await setTimeout(2000);
  await loadIsomorphicGit("index.cjs");
  process.send("ready");
  await once(process, "message");
  return (value, expected) => writeValue(target, context, value, expected);
}

async function createTarget({ credential }, settings = {}) {
  const { createGitWriteBack } = await import("@image-updater/writeback-git");
  const credentials = credential === undefined ? undefined : { forGit: async () => credential };
  return createGitWriteBack({ allowHttp: true, credentials, ...settings });
}

async function writeValue(target, { url, path }, value, expected) {
  const [result] = await target.write([
    {
      application: APPLICATION,
      settings: GIT,
      location: { repository: url, base: "main" },
      edits: [{ kind: "helm-values", path, changes: [{ path: "image.tag", value }] }],
      message: "change",
    },
  ]);
  if (result?.kind !== expected) throw new Error(JSON.stringify(result));
}

async function writeWithIsomorphicGit({ url, folder, path }) {
  const { default: git } = await loadIsomorphicGit("index.js");
  const { default: http } = await loadIsomorphicGit("http/node/index.js");
  const dir = join(folder, "isomorphic");
  const author = { name: "Bench", email: "bench@example.com" };
  const common = { fs, dir, cache: {} };
  await step("isomorphic-git clone (depth 1), commit, push", async () => {
    const depth = { depth: 1, singleBranch: true, noTags: true };
    // In its default, a checkout opens too many files at once for the larger repositories.
    const checkout = { nonBlocking: true, batchSize: 200 };
    await git.clone({ ...common, http, url, ...depth, ...checkout });
    const text = await fs.promises.readFile(join(dir, path), "utf8");
    await fs.promises.writeFile(join(dir, path), text.replace(/tag: .*/, `tag: v${Date.now()}`));
    await git.add({ ...common, filepath: path });
    await git.commit({ ...common, author, message: "change" });
    await git.push({ ...common, http, url, ref: "main" });
  });
}
