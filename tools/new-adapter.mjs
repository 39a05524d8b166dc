// Makes the package of a new adapter: `node tools/new-adapter.mjs registry example` makes
// packages/registry-example, gives it its arrows and its place in test/surface.json. It passes the gate;
// its contract tests wait for a harness.
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const [kind = "", name = "", ...rest] = process.argv.slice(2);
if (kind !== "registry" || !/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name) || rest.length > 0) {
  console.error("write: node tools/new-adapter.mjs registry <name in kebab-case>");
  process.exit(2);
}

const id = `${kind}-${name}`;
const folder = join(root, "packages", id);
if (existsSync(folder)) {
  console.error(`packages/${id} is there already`);
  process.exit(1);
}
const Name = name.replaceAll(/(?:^|-)([a-z0-9])/g, (_, letter) => letter.toUpperCase());

const manifest = {
  name: `@image-updater/${id}`,
  version: "0.1.0",
  description: `Reads tags and digests from ${Name}`,
  keywords: ["argocd", "container-registry", "gitops", "image-updater", "kubernetes"],
  license: "Apache-2.0",
  repository: {
    type: "git",
    url: "git+https://github.com/image-updater/image-updater-sdk.git",
    directory: `packages/${id}`,
  },
  files: ["dist", "src", "!dist/.tsbuildinfo"],
  type: "module",
  sideEffects: false,
  exports: {
    ".": {
      "@image-updater/source": "./src/index.ts",
      types: "./dist/index.d.ts",
      default: "./dist/index.js",
    },
    "./testing": {
      "@image-updater/source": "./src/testing/index.ts",
      types: "./dist/testing/index.d.ts",
      default: "./dist/testing/index.js",
    },
    "./package.json": "./package.json",
  },
  publishConfig: { access: "public", provenance: true },
  dependencies: { "@image-updater/core": "workspace:^" },
  engines: { node: ">=20.19" },
};

write("package.json", json(manifest));
write("tsconfig.json", json({ extends: "../../tsconfig.base.json", references: [] }));
write(
  "test/tsconfig.json",
  json({
    extends: "../../../tsconfig.test.json",
    references: [{ path: "../../core" }, { path: ".." }],
  }),
);
write(
  "README.md",
  `# @image-updater/${id}

Reads tags and digests from ${Name}, for [Image Updater SDK](https://github.com/image-updater/image-updater-sdk).

## Use

\`\`\`text
createUpdater({ registries: [create${Name}Registry({ host: "registry.example.com" })], … })
\`\`\`

## Settings

| Setting | Default | Meaning                           |
| ------- | ------- | --------------------------------- |
| \`host\`  |         | host, and port, as images name it |

## What it promises

What the contract of \`RegistryClient\` does.

## What it does not do

It does not read anything yet: each call is refused as \`unsupported\`.

## Dependencies

\`@image-updater/core\`: the port.
`,
);
write(
  "src/index.ts",
  `// A \`RegistryClient\` for ${Name}.

export { create${Name}Registry, type ${Name}RegistrySettings } from "./create-${name}-registry.js";
`,
);
write(
  `src/create-${name}-registry.ts`,
  `import { RegistryError, type RegistryClient, type Repository } from "@image-updater/core";

/** Settings of {@link create${Name}Registry}. */
export interface ${Name}RegistrySettings {
  /** Host, and port where there is one, as images name it. */
  readonly host: string;
}

/** A client for the repositories on one host of ${Name}. */
export function create${Name}Registry({ host }: ${Name}RegistrySettings): RegistryClient {
  return {
    contract: "registry-client/1",
    serves: (repository) => repository.host === host,
    listTags: async (repository) => Promise.reject(unsupported(repository, "tags cannot be listed")),
    describeTag: async (repository) =>
      Promise.reject(unsupported(repository, "tags cannot be described")),
    resolveDigest: async (repository) =>
      Promise.reject(unsupported(repository, "digests cannot be resolved")),
  };
}

function unsupported({ host, path }: Repository, problem: string): RegistryError {
  return new RegistryError("unsupported", \`\${host}/\${path}: \${problem} yet\`, { host });
}
`,
);
write(
  "src/testing/index.ts",
  `// For tests of programs that read ${Name}.

import type { Repository } from "@image-updater/core";

/** A repository on a host of ${Name}, as the updater asks for it. */
export function repositoryOn(host: string, path: string): Repository {
  return { host, path, apiUrl: \`https://\${host}\` };
}
`,
);
write(
  "test/contract.test.ts",
  `import { registryClientContract } from "@image-updater/core/testing";
import { create${Name}Registry } from "@image-updater/${id}";
import { repositoryOn } from "@image-updater/${id}/testing";
import { describe, expect, it } from "vitest";

it("serves the repositories on its host", () => {
  const client = create${Name}Registry({ host: "registry.example.com" });
  expect(client.serves(repositoryOn("registry.example.com", "team/app"))).toBe(true);
  expect(client.serves(repositoryOn("ghcr.io", "team/app"))).toBe(false);
});

// Pending: start the registry with the fixture in \`create\`, then write \`it(name, run)\`.
describe("${id} keeps the RegistryClient contract", () => {
  const clauses = registryClientContract({
    create: async () => Promise.reject(new Error("there is no harness yet")),
  });
  // oxlint-disable-next-line vitest/warn-todo -- an adapter without a harness is what this makes
  for (const { name } of clauses) it.todo(name);
});
`,
);
copyFileSync(join(root, "packages/core/LICENSE"), join(folder, "LICENSE"));

const surface = JSON.parse(readFileSync(join(root, "test/surface.json"), "utf8"));
surface.exports[manifest.name] = [`create${Name}Registry`];
surface.exports[`${manifest.name}/testing`] = ["repositoryOn"];
writeFileSync(join(root, "test/surface.json"), json(surface));

run(["tools/layers.mjs"]);
run(["tools/pnpm.mjs", "install", "--loglevel=warn", "--prefer-offline", "--no-frozen-lockfile"]);
run(["tools/pnpm.mjs", "exec", "oxfmt", "."]);
console.log(`made packages/${id}; write its harness in packages/${id}/test/contract.test.ts`);

function write(path, text) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function json(data) {
  return `${JSON.stringify(data, null, 2)}\n`;
}

function run(args) {
  execFileSync(process.execPath, args, { cwd: root, stdio: "inherit" });
}
