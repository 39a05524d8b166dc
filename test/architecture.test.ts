import { spawnSync } from "node:child_process";
import { builtinModules } from "node:module";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import {
  allowedImports,
  CORE_LAYERS,
  ENTRY_FOLDERS,
  folderOf,
  outwardImports,
} from "./core-layers.js";
import { importedModules, importedPackages } from "./import-statements.js";
import {
  packageEntries,
  readRepositoryFiles,
  readSources,
  repositoryPaths,
  workspacePackages,
  type PackageManifest,
} from "./repository-files.js";

const SCOPE = "@image-updater/";
const packages = workspacePackages();

describe("the folders of the core", () => {
  const files = readSources("packages/core/src");

  it("import inwards only", () => {
    expect(outwardImports(files)).toEqual([]);
  });

  it("are the ones of the order", () => {
    const known = new Set<string>([...CORE_LAYERS.flat(), ...ENTRY_FOLDERS, ""]);
    expect(files.map(({ path }) => path).filter((path) => !known.has(folderOf(path)))).toEqual([]);
  });

  it("stand in the linter's settings, the TypeScript references and the docs as in their one list", () => {
    const checked = spawnSync(process.execPath, ["tools/layers.mjs", "--check"], {
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      encoding: "utf8",
    });
    expect(`${checked.stdout}${checked.stderr}`).toBe("");
  });

  it.each([
    ["an outer folder", "policy/a.ts", "../decision/decide.js"],
    ["the updater", "decision/a.ts", "../update/create-updater.js"],
    ["the fixtures", "index.ts", "./testing/index.js"],
    ["the internals for conformance", "index.ts", "./conformance/index.js"],
    ["the host", "update/a.ts", "../system/index.js"],
    ["an entry", "update/a.ts", "../index.js"],
    ["another package", "ports/a.ts", "../../../registry-oci/src/index.js"],
    ["an unknown folder", "update/a.ts", "../misc/a.js"],
  ])("are refused %s", (_, path, specifier) => {
    const file = { path: `packages/core/src/${path}`, text: `import { a } from "${specifier}";` };
    expect(outwardImports([file])).toHaveLength(1);
  });

  it.each([
    ["an inner folder", "update/a.ts", "../errors/diagnostic.js"],
    ["a folder of the same row", "image/a.ts", "../version/parse-version.js"],
    ["a neighbour", "tags/a.ts", "./tag-filter.js"],
    ["everything, as an entry", "index.ts", "./update/create-updater.js"],
  ])("are allowed %s", (_, path, specifier) => {
    const file = { path: `packages/core/src/${path}`, text: `import { a } from "${specifier}";` };
    expect(outwardImports([file])).toEqual([]);
  });
});

describe("the imports of a file", () => {
  it("are read from statements, types and calls, not from comments", () => {
    const text = [
      `import "./a.js";`,
      `import b, { type B } from "./b.js";`,
      `import type * as c from "./c.js";`,
      `export {\n  d,\n  type D,\n} from "./d.js";`,
      `/**\n * import { x } from "./x.js";\n */`,
      `export type E = import("./e.js").E;`,
      `const f = await import("./f.js");`,
      `export function from(): string { return "from './y.js'"; }`,
    ].join("\n");
    expect(importedModules(text).toSorted()).toEqual(
      ["a", "b", "c", "d", "e", "f"].map((name) => `./${name}.js`),
    );
  });
});

describe("the core", () => {
  const files = readSources("packages/core/src");
  const manifest = manifestOf("@image-updater/core");

  it("depends on exactly these packages", () => {
    expect(runtimeDependencies(manifest)).toEqual([
      "@image-updater/go-template",
      "@noble/hashes",
      "@scure/base",
      "js-yaml",
      "re2js",
      "zod",
    ]);
  });

  it("imports only what it depends on", () => {
    const allowed = new Set(runtimeDependencies(manifest));
    const foreign = files.flatMap((file) =>
      importedPackages(file)
        .filter((name) => !allowed.has(name))
        .map((name) => `${file.path} imports ${name}`),
    );
    expect(foreign).toEqual([]);
  });

  it("reads no clock and throws no dice, except in system", () => {
    const impure = /\bnew Date\(\s*\)|(?<!new )\bDate\(\s*\)|\bDate\.now\b|\bMath\.random\b/;
    const readers = files
      .filter(({ path }) => folderOf(path) !== "system")
      .flatMap(({ path, text }) =>
        text
          .split("\n")
          .flatMap((line, index) => (impure.test(line) ? [`${path}:${index + 1}`] : [])),
      );
    expect(readers).toEqual([]);
  });

  it("names its host only in system", () => {
    const host = /\bglobalThis\b(?!\s+extends)|\beval\(|\bnew Function\b/;
    const readers = files.filter(
      ({ path, text }) => folderOf(path) !== "system" && host.test(withoutComments(text)),
    );
    expect(readers.map(({ path }) => path)).toEqual([]);
  });
});

describe("the packages", () => {
  it.each(packages)("$manifest.name depends inwards only", ({ folder, manifest }) => {
    const allowed = allowedImports(manifest.name.slice(SCOPE.length)).map((name) => SCOPE + name);
    const declared = runtimeDependencies(manifest).filter((name) => name.startsWith(SCOPE));
    const imported = readSources(`${folder}/src`).flatMap((file) => importedPackages(file));
    const outward = [...declared, ...imported.filter((name) => name.startsWith(SCOPE))].filter(
      (name) => !allowed.includes(name),
    );
    expect(outward).toEqual([]);
  });

  it.each(packages)("$manifest.name imports only what it declares", ({ folder, manifest }) => {
    const allowed = new Set([...runtimeDependencies(manifest), ...builtinModules]);
    const undeclared = readSources(`${folder}/src`).flatMap((file) =>
      importedPackages(file)
        .filter((name) => !allowed.has(name.replace(/^node:/, "")))
        .map((name) => `${file.path} imports ${name}`),
    );
    expect(undeclared).toEqual([]);
  });

  it.each(packages)("$manifest.name reaches others by name, not by path", ({ folder }) => {
    const escapes = readSources(`${folder}/src`).flatMap((file) => {
      const depth = file.path.slice(`${folder}/src/`.length).split("/").length - 1;
      return importedModules(file.text)
        .filter((specifier) => specifier.split("/").filter((part) => part === "..").length > depth)
        .map((specifier) => `${file.path} imports ${specifier}`);
    });
    expect(escapes).toEqual([]);
  });

  it.each(packages)("$manifest.name keeps fixtures out of its other entries", ({ folder }) => {
    const leaks = readSources(`${folder}/src`)
      .filter(({ path }) => !path.startsWith(`${folder}/src/testing/`))
      .flatMap(({ path, text }) =>
        importedModules(text)
          .filter((specifier) => /\/testing(?:\/|$)/.test(specifier))
          .map((specifier) => `${path} imports ${specifier}`),
      );
    expect(leaks).toEqual([]);
  });

  it.each(packages)("$manifest.name has an index.ts for each entry only", (workspacePackage) => {
    const sources = readSources(`${workspacePackage.folder}/src`).map(({ path }) => path);
    const entries = new Set(packageEntries(workspacePackage).map(({ source }) => source));
    const extra = sources.filter((path) => path.endsWith("/index.ts") && !entries.has(path));
    expect(extra).toEqual([]);
  });

  it.each(packages)("$manifest.name names each export", ({ folder }) => {
    const careless = readSources(`${folder}/src`).filter(({ text }) =>
      /^export (?:\*|default\b)/m.test(text),
    );
    expect(careless.map(({ path }) => path)).toEqual([]);
  });

  it.each(packages)("$manifest.name keeps its files below 500 lines of code", ({ folder }) => {
    const long = readSources(`${folder}/src`)
      .map(({ path, text }) => ({ path, lines: codeLines(text) }))
      .filter(({ lines }) => lines > 500);
    expect(long).toEqual([]);
  });
});

describe("names of files and folders", () => {
  const paths = repositoryPaths();

  it("say what is inside", () => {
    const vague = /(?:^|\/)(?:utils?|helpers?|common|misc)(?:\/|\.[^/]+$)/;
    expect(paths.filter((path) => vague.test(path))).toEqual([]);
  });

  it("are kebab-case for TypeScript", () => {
    const kebabCase = /(?:^|\/)[a-z0-9]+(?:[-.][a-z0-9]+)*\.ts$/;
    const wrong = paths.filter((path) => path.endsWith(".ts") && !kebabCase.test(path));
    expect(wrong).toEqual([]);
  });
});

describe("the repository's text", () => {
  // Data of the conformance vectors may name anything.
  const files = readRepositoryFiles((path) => !path.startsWith("test/vectors/"));

  it.each([
    [
      "a path of somebody's machine",
      /(?<![\w.~}*-])\/(?:home|Users|root|work|mnt)\/[\w.]|[A-Z]:\\\w/,
    ],
    [
      "host of a package registry",
      /registry\.npmjs\.|registry\.yarnpkg\.|npmmirror\.|npm\.pkg\.|\/api\/npm\/|pypi\.org|proxy\.golang\.|deb\.debian\./,
    ],
    ["place to download packages from", /^\s*(?:@[\w-]+:)?registry\s*=\s*http|\btarball: *http/m],
  ])("names no %s", (_, pattern) => {
    const places = files.flatMap(({ path, text }) =>
      pattern.test(text) ? [`${path}: ${pattern.exec(text)?.[0] ?? ""}`] : [],
    );
    expect(places).toEqual([]);
  });
});

function manifestOf(name: string): PackageManifest {
  const found = packages.find(({ manifest }) => manifest.name === name);
  if (found === undefined) throw new Error(`no package is called ${name}`);
  return found.manifest;
}

function runtimeDependencies(manifest: PackageManifest): readonly string[] {
  return [manifest.dependencies, manifest.peerDependencies, manifest.optionalDependencies]
    .flatMap((group) => Object.keys(group ?? {}))
    .toSorted();
}

function codeLines(text: string): number {
  return withoutComments(text)
    .split("\n")
    .filter((line) => line.trim() !== "").length;
}

function withoutComments(text: string): string {
  return text.replaceAll(/^\s*(?:\/\/|\/\*|\*).*$/gm, "");
}
