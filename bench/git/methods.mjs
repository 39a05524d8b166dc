import { fork, spawn } from "node:child_process";
import { on, once } from "node:events";
import { fileURLToPath } from "node:url";
import { watchMemory } from "./memory.mjs";

/**
 * Ways to write one change; each runs in a process of its own and answers its rows. `place` is the server
 * that it needs, by default one over HTTP with filters.
 */
export const methods = [
  { run: cloneWithGit },
  { run: (context) => runWorker("isomorphic-git", context) },
  { run: runAlone },
  { run: (context) => runWorker("write-back", context) },
  { run: (context) => runWorker("write-back-fewer-requests", context) },
  { place: "ssh", run: (context) => runWorker("write-back-over-ssh", context) },
  { place: "plain", run: (context) => runWorker("write-back-without-filters", context) },
];

async function cloneWithGit({ url, folder, home, meter, path }) {
  const script = [
    'git clone --quiet --depth 1 "$1" "$2/clone"',
    'sed -i "s/tag: .*/tag: $4/" "$2/clone/$3"',
    'git -C "$2/clone" commit --quiet --all --message "change"',
    'git -C "$2/clone" push --quiet',
  ].join(" && ");
  const started = performance.now();
  const child = spawn("sh", ["-c", script, "sh", url, folder, path, `v${Date.now()}`], {
    env: gitEnvironment(home),
    stdio: "inherit",
  });
  const memory = watchMemory(child.pid);
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`git ended with ${code}`);
  const ms = performance.now() - started;
  const bytes = await meter.take();
  return [{ name: "git clone --depth 1, commit, push", ms, rss: memory.peak(), ...bytes }];
}

/** From the start of the process to its end, as with git. */
async function runAlone({ meter, ...context }) {
  const started = performance.now();
  let rss;
  await listen(startWorker("write-back-alone", context), (memory) => {
    rss = memory;
  });
  const ms = performance.now() - started;
  return [{ name: "this package, process included", ms, rss, ...(await meter.take()) }];
}

/** The worker says when each of its steps begins and ends; it waits until its bytes are counted. */
async function runWorker(method, { meter, ...context }) {
  const worker = startWorker(method, context);
  const rows = [];
  await listen(worker, async (row) => {
    const bytes = await meter.take();
    if (row !== "ready") rows.push({ ...row, ...bytes });
    worker.send("next");
  });
  return rows;
}

function startWorker(method, { home, ...task }) {
  const script = fileURLToPath(new URL("worker.mjs", import.meta.url));
  const worker = fork(script, [method], { env: gitEnvironment(home) });
  worker.send(task);
  return worker;
}

/** Until the worker ends. */
async function listen(worker, said) {
  const ended = once(worker, "close");
  for await (const [message] of on(worker, "message", { close: ["close"] })) await said(message);
  const [code] = await ended;
  if (code !== 0) throw new Error(`a worker ended with ${code}`);
}

function gitEnvironment(home) {
  return {
    PATH: process.env.PATH,
    HOME: home,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_AUTHOR_NAME: "Bench",
    GIT_AUTHOR_EMAIL: "bench@example.com",
    GIT_COMMITTER_NAME: "Bench",
    GIT_COMMITTER_EMAIL: "bench@example.com",
  };
}
