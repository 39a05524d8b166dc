// Draws the arrows of tools/layers.json everywhere they are kept: the linter's restrictions, the
// TypeScript references and the tables of docs/architecture.md. `node tools/layers.mjs` writes them,
// `node tools/layers.mjs --check` ends 1 where one is out of date.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const isCheck = process.argv.includes("--check");
const layers = readJson("tools/layers.json");
const SCOPE = "@image-updater/";
const names = readdirSync(join(root, "packages")).toSorted();

const outdated = [
  ...[...references()].map(([path, wanted]) => update(path, withReferences(path, wanted))),
  update(".oxlintrc.json", lintSettings()),
  update("docs/architecture.md", architecture()),
].filter((path) => path !== undefined);

for (const path of outdated) console.log(`${isCheck ? "out of date" : "written"}: ${path}`);
if (isCheck && outdated.length > 0) {
  console.error("run node tools/layers.mjs, then npm run format");
  process.exitCode = 1;
}

/** The row of a package: its own, or the one whose pattern it fits. */
function rowOf(name) {
  const own = layers.packages[name];
  if (own !== undefined) return own;
  const pattern = Object.keys(layers.packages).find(
    (key) => key.endsWith("*") && name.startsWith(key.slice(0, -1)),
  );
  if (pattern === undefined) throw new Error(`tools/layers.json has no place for packages/${name}`);
  return layers.packages[pattern];
}

/** `references` of each tsconfig.json, by its path. */
function references() {
  const paths = new Map();
  const folders = names.flatMap((name) => {
    const test = existsSync(join(root, "packages", name, "test")) ? [`packages/${name}/test`] : [];
    return [`packages/${name}`, ...test];
  });
  const others = ["examples", "tools"].flatMap((parent) =>
    readdirSync(join(root, parent))
      .map((name) => `${parent}/${name}`)
      .filter((folder) => existsSync(join(root, folder, "tsconfig.json")))
      .toSorted(),
  );
  paths.set("tsconfig.json", [...folders, ...others, "test"]);
  for (const name of names) {
    const imported = rowOf(name).imports.map((other) => `../${other}`);
    paths.set(`packages/${name}/tsconfig.json`, imported);
  }
  return paths;
}

function withReferences(path, wanted) {
  const settings = readJson(path);
  const listed = wanted.map((folder) => ({ path: folder }));
  if (listed.length === 0) return settings;
  return { ...settings, references: listed };
}

/** The linter's settings with new restrictions of imports; everything else of them stays. */
function lintSettings() {
  const settings = readJson(".oxlintrc.json");
  const first = settings.overrides.findIndex((override) => isArrow(override));
  const kept = settings.overrides.filter((override) => !isArrow(override));
  return { ...settings, overrides: kept.toSpliced(first, 0, ...coreArrows(), ...packageArrows()) };
}

function isArrow({ rules }) {
  return "no-restricted-imports" in (rules ?? {});
}

function coreArrows() {
  const { rows, entries } = layers.core;
  const all = rows.flatMap(({ folders }) => folders);
  const entryGlobs = Object.keys(entries).map((entry) => `./${entry}/**`);
  const index = restrict(
    ["packages/core/src/*.ts"],
    [...entryGlobs, `${SCOPE}**`],
    "Fixtures, internals and the host have entries of their own.",
  );
  const ofRows = rows.flatMap(({ folders }, row) => {
    const inner = rows.slice(0, row + 1).flatMap((one) => one.folders);
    return folders.flatMap((folder) => folderArrows(folder, inner));
  });
  const ofEntries = Object.entries(entries).flatMap(([entry, inner]) =>
    folderArrows(entry, inner === "*" ? all : inner),
  );
  return [index, ...ofRows, ...ofEntries];
}

/** A folder of the core and each folder inside of it, which is one step further away. */
function folderArrows(folder, inner) {
  const message = "Folders of the core import inwards only; the order is in docs/architecture.md.";
  const inside = readdirSync(join(root, "packages/core/src", folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `packages/core/src/${folder}/${name}/**`);
  const allowed = inner.length === 1 ? inner.join("") : `{${inner.join(",")}}`;
  const group = (up) => [`${up}**`, `!${up}${allowed}/**`, ...scopeExcept(rowOf("core").imports)];
  return [
    restrict([`packages/core/src/${folder}/**`], group("../"), message),
    ...(inside.length === 0 ? [] : [restrict(inside, group("../../"), message)]),
  ];
}

function packageArrows() {
  return names
    .filter((name) => name !== "core")
    .map((name) => {
      const { imports } = rowOf(name);
      const list = imports.length === 0 ? "nothing of ours" : `${imports.join(", ")} only`;
      return restrict(
        [`packages/${name}/src/**`],
        scopeExcept(imports),
        `${SCOPE}${name} imports ${list}.`,
      );
    });
}

/** Patterns of our packages, but for these. */
function scopeExcept(imports) {
  return [
    `${SCOPE}**`,
    ...imports.flatMap((other) => [`!${SCOPE}${other}`, `!${SCOPE}${other}/**`]),
  ];
}

function restrict(files, group, message) {
  return {
    files,
    rules: { "no-restricted-imports": ["error", { patterns: [{ group, message }] }] },
  };
}

/** The page with its two tables drawn anew. */
function architecture() {
  const packages = Object.entries(layers.packages).map(([name, { is, imports }]) => [
    `\`${SCOPE}${name.replace("*", "…")}\``,
    is,
    imports.length === 0 ? "no package of ours" : imports.join(", "),
  ]);
  const folders = layers.core.rows.map(({ folders: row, holds }) => [
    row.map((folder) => `\`${folder}\``).join(", "),
    holds,
  ]);
  const text = readFileSync(join(root, "docs/architecture.md"), "utf8");
  const withPackages = replaceTable(text, "packages", ["Package", "Is", "May import"], packages);
  return replaceTable(withPackages, "folders", ["Folder", "Holds"], folders);
}

function replaceTable(text, name, head, rows) {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to === -1) throw new Error(`docs/architecture.md has no ${begin}`);
  const widths = head.map((cell, column) =>
    Math.max(...[head, ...rows].map((row) => row[column].length), cell.length),
  );
  const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  const table = [line(head), rule, ...rows.map((row) => line(row))].join("\n");
  return `${text.slice(0, from + begin.length)}\n\n${table}\n\n${text.slice(to)}`;
}

/** The path when what stands there differs; writes it unless this is a check. */
function update(path, content) {
  const target = join(root, path);
  const now = readFileSync(target, "utf8");
  const isSame =
    typeof content === "string"
      ? content === now
      : JSON.stringify(content) === JSON.stringify(JSON.parse(now));
  if (isSame) return undefined;
  const text = typeof content === "string" ? content : `${JSON.stringify(content, null, 2)}\n`;
  if (!isCheck) writeFileSync(target, text);
  return path;
}

function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), "utf8"));
}
