// Packs every package and checks what a consumer would get: `npm run packages`, after a build.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "packages-"));

try {
  pack();
  const names = readdirSync(join(root, "packages")).toSorted();
  const failed = names.filter((name) => !check(name));
  if (names.length === 0) throw new Error("there is no package to check");
  if (failed.length > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function pack() {
  const filter = ["--recursive", "--filter", "./packages/*"];
  const { ok, output } = run(process.execPath, [
    "tools/pnpm.mjs",
    ...filter,
    "pack",
    "--pack-destination",
    folder,
  ]);
  if (!ok) throw new Error(`the packages cannot be packed:\n${output}`);
}

/** Prints one line for a package, and below it what is wrong. */
function check(name) {
  const { name: fullName, version } = readManifest(join(root, "packages", name, "package.json"));
  const tarball = join(folder, `${fullName.replace("@", "").replace("/", "-")}-${version}.tgz`);
  const publint = run(program("publint"), ["run", tarball, "--strict"]);
  const attw = run(program("attw"), [
    tarball,
    "--profile",
    "esm-only",
    "--format",
    "ascii",
    "--no-definitely-typed",
    "--no-emoji",
    "--no-color",
  ]);
  const contents = contentProblems(tarball);
  const problems = [
    ...contents,
    ...(publint.ok ? [] : [publint.output]),
    ...(attw.ok ? [] : [attw.output]),
  ];
  console.log(`${problems.length === 0 ? "ok  " : "FAIL"} ${fullName} ${version}`);
  for (const problem of problems) console.log(problem.replaceAll(/^/gm, "     "));
  return problems.length === 0;
}

/** What a package lacks, or has and should not. */
function contentProblems(tarball) {
  const list = run("tar", ["-tzf", tarball]);
  const manifest = run("tar", ["-xzOf", tarball, "package/package.json"]);
  if (!list.ok || !manifest.ok) return [list.output, manifest.output];
  const files = new Set(list.output.split("\n").map((path) => path.replace("package/", "")));
  const wanted = ["README.md", "LICENSE", "package.json", "dist/index.js", "dist/index.d.ts"];
  const missing = wanted.filter((path) => !files.has(path));
  const foreign = [...files].filter(
    (path) => path !== "" && !/^(?:src\/|dist\/|README\.md$|LICENSE$|package\.json$)/.test(path),
  );
  const stale = [...files].filter((path) => {
    const source = /^dist\/(.*)\.js$/.exec(path)?.[1];
    return source !== undefined && !files.has(`src/${source}.ts`);
  });
  return [
    ...missing.map((path) => `${path} is missing`),
    ...foreign.map((path) => `${path} should not be published`),
    ...[...files]
      .filter((path) => path.endsWith(".tsbuildinfo"))
      .map((path) => `${path} is packed`),
    ...stale.map((path) => `${path} has no source any more: remove dist and build again`),
    ...(/"(?:workspace|catalog|link|file):/.test(manifest.output)
      ? ["package.json names a version that only this workspace knows"]
      : []),
  ];
}

function program(name) {
  return join(root, "node_modules", ".bin", name);
}

function readManifest(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}

function run(command, values) {
  const { status, stdout, stderr, error } = spawnSync(command, values, {
    cwd: root,
    encoding: "utf8",
    shell: process.platform === "win32",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error !== undefined) return { ok: false, output: `${command}: ${error.message}` };
  return { ok: status === 0, output: `${stdout}${status === 0 ? "" : stderr}`.trim() };
}
