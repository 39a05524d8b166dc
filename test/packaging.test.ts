import { describe, expect, it } from "vitest";
import { readRepositoryFiles, repositoryPaths, workspacePackages } from "./repository-files.js";

const HEADINGS = ["Use", "Settings", "What it promises", "What it does not do"];

const paths = new Set(repositoryPaths());
const packages = workspacePackages();
const adapters = packages.filter(({ folder }) => /^packages\/(?:registry|writeback)-/.test(folder));

describe("a package", () => {
  it.each(packages)("$manifest.name has a README and a license", ({ folder }) => {
    const missing = ["README.md", "LICENSE"].filter((file) => !paths.has(`${folder}/${file}`));
    expect(missing).toEqual([]);
  });

  it.each(packages)("$manifest.name has the license of the repository", ({ folder }) => {
    const [own, whole] = [textOf(`${folder}/LICENSE`), textOf("LICENSE")];
    expect(own).toBe(whole);
  });

  it.each(packages)("$manifest.name is published as the others are", ({ folder, manifest }) => {
    expect(manifest).toMatchObject({
      name: `@image-updater/${folder.slice("packages/".length)}`,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      description: expect.stringMatching(/\w/),
      license: "Apache-2.0",
      repository: { type: "git", directory: folder },
      type: "module",
      sideEffects: false,
      files: expect.arrayContaining(["dist", "src", "!dist/.tsbuildinfo"]),
      engines: { node: ">=20.19" },
      publishConfig: { access: "public", provenance: true },
    });
    expect(manifest.private).toBeUndefined();
  });

  it.each(packages)("$manifest.name exports what it built, types first", ({ manifest }) => {
    const entries = Object.entries(manifest.exports ?? {});
    expect(entries).toContainEqual(["./package.json", "./package.json"]);
    for (const [key, conditions] of entries.filter(([name]) => name !== "./package.json")) {
      const file = key === "." ? "/index" : `${key.slice(1)}/index`;
      expect({ [key]: Object.entries(conditions) }).toEqual({
        [key]: [
          ["@image-updater/source", `./src${file}.ts`],
          ["types", `./dist${file}.d.ts`],
          ["default", `./dist${file}.js`],
        ],
      });
    }
  });

  it.each(packages)("$manifest.name publishes all of it but internals", ({ manifest }) => {
    const { ["./conformance"]: _internals, ...published } = manifest.exports ?? {};
    expect(manifest.publishConfig?.exports ?? manifest.exports).toEqual(published);
  });

  it("has the one version of all packages", () => {
    const versions = new Set(packages.map(({ manifest }) => manifest.version));
    expect([...versions]).toHaveLength(1);
  });
});

describe("an adapter", () => {
  it.each(adapters)("$manifest.name has fixtures for others to test with", ({ manifest }) => {
    expect(Object.keys(manifest.exports ?? {})).toContain("./testing");
  });

  it.each(adapters)("$manifest.name has a README with the agreed headings", ({ folder }) => {
    const text = textOf(`${folder}/README.md`);
    const found = [...text.matchAll(/^## (.+)$/gm)].flatMap(([, heading]) => heading ?? []);
    expect(HEADINGS.filter((heading) => !found.includes(heading))).toEqual([]);
    expect(found.filter((heading) => HEADINGS.includes(heading))).toEqual(HEADINGS);
  });

  it.each(adapters)("$manifest.name is tested against its port's contract", ({ folder }) => {
    const tests = readRepositoryFiles((path) => path.startsWith(`${folder}/test/`));
    expect(tests.filter(({ text }) => /\b\w+Contract\(/.test(text))).not.toHaveLength(0);
  });
});

function textOf(path: string): string {
  return readRepositoryFiles((candidate) => candidate === path)[0]?.text ?? "";
}
