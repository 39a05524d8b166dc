import { fork, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { watchMemory } from "./memory.mjs";

/** Ways to write one change; each runs in a process of its own and answers its rows. */
export const methods = [
  { run: cloneWithGit },
  { run: (context) => runWorker("isomorphic-git", context) },
  { run: (context) => runWorker("write-back", context) },
  { run: (context) => runWorker("write-back-fewer-requests", context) },
  { filters: false, run: (context) => runWorker("write-back-without-filters", context) },
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
  return [{ name: "git clone --depth 1, commit, push", ms, rss: memory.peak(), ...meter.take() }];
}

/** The worker says when each of its steps begins and ends; it waits until its bytes are counted. */
async function runWorker(method, { url, folder, home, meter, path }) {
  const worker = fork(fileURLToPath(new URL("worker.mjs", import.meta.url)), [method], {
    env: gitEnvironment(home),
  });
  const rows = [];
  worker.on("message", (row) => {
    if (row === "ready") meter.take();
    else rows.push({ ...row, ...meter.take() });
    worker.send("next");
  });
  worker.send({ url, folder, path });
  const code = await new Promise((resolve) => worker.once("close", resolve));
  if (code !== 0) throw new Error(`${method} ended with ${code}`);
  return rows;
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
