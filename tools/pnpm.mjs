// Runs the pinned pnpm without installing anything globally: `node tools/pnpm.mjs <arguments>`.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const { status, signal } = spawnSync(
  "npx",
  ["--yes", manifest.packageManager, ...process.argv.slice(2)],
  { stdio: "inherit", cwd: new URL("..", import.meta.url), shell: process.platform === "win32" },
);
if (signal !== null) process.kill(process.pid, signal);
process.exitCode = status ?? 1;
