import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createContext, runInContext, type Context } from "node:vm";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import { repositoryUrl } from "./repository-files.js";

// Whatever a context has beyond the language, and what the language knows of time and chance.
const CLOSE = `
  for (const name of ["console", "WebAssembly", "SharedArrayBuffer", "Atomics"]) {
    delete globalThis[name];
  }
  const forbid = (what) => () => { throw new Error("the core read " + what); };
  Math.random = forbid("chance");
  const RealDate = Date;
  globalThis.Date = new Proxy(RealDate, {
    construct(target, values, proxy) {
      if (values.length === 0) forbid("the clock")();
      return Reflect.construct(target, values, proxy);
    },
    apply: forbid("the clock"),
    get: (target, name) => (name === "now" ? forbid("the clock") : Reflect.get(target, name)),
  });
`;

const built = {
  core: builtEntry("packages/core/dist/index.js"),
  testing: builtEntry("packages/core/dist/testing/index.js"),
};

describe("the built core, where there is only the language", () => {
  let core: Context;

  beforeAll(async () => {
    core = await load(built.core);
  });

  it("is a place without host, clock and chance", () => {
    const names = ["process", "require", "console", "URL", "setTimeout", "fetch", "Buffer"];
    expect(names.filter((name) => run(core, `typeof ${name}`) !== "undefined")).toEqual([]);
    expect(() => run(core, "Date.now()")).toThrow("the core read the clock");
    expect(() => run(core, "new Date()")).toThrow("the core read the clock");
    expect(() => run(core, "Math.random()")).toThrow("the core read chance");
    expect(run(core, "new Date(0).toISOString()")).toBe("1970-01-01T00:00:00.000Z");
  });

  it("formats a diagnostic", () => {
    const diagnostic = {
      severity: "warning",
      code: "unknown-strategy",
      where: { annotation: "example.org/app.update-strategy" },
      message: "no strategy is called newest",
    };
    expect(run(core, `entry.formatDiagnostic(${JSON.stringify(diagnostic)})`)).toBe(
      "warning: example.org/app.update-strategy: no strategy is called newest",
    );
  });

  it("decides about an image from its annotations", () => {
    const annotations = {
      "argocd-image-updater.argoproj.io/image-list": "app=registry.example/team/app:~1.2",
      "argocd-image-updater.argoproj.io/app.ignore-tags": "*-broken",
    };
    const decision = `(() => {
      const { value } = entry.parseAnnotations(${JSON.stringify(annotations)});
      const tags = ["1.2.0", "1.2.10", "1.2.11-broken", "1.3.0"].map((name) => ({ name }));
      return entry.decide({
        policy: value.images[0],
        facts: { kind: "tags", tags },
        current: entry.parseImageReference("registry.example/team/app:1.2.0").value,
        now: new Date("2024-05-06T07:08:09Z"),
      });
    })()`;
    expect(run(core, `(({ outcome, tag }) => outcome + " " + tag)(${decision})`)).toBe(
      "update 1.2.10",
    );
  });

  it("edits a values file and keeps its other bytes", () => {
    const values = "image:\r\n  tag: '1.2.0'   # the newest\r\n";
    const changes = [{ path: "image.tag", value: "1.2.10" }];
    const edited = `entry.setHelmValues(${JSON.stringify(values)}, ${JSON.stringify(changes)})`;
    expect(run(core, edited)).toBe(values.replace("1.2.0", "1.2.10"));
  });

  it("throws errors that keep their code across the border", () => {
    const error = `new entry.RegistryError("timeout", "no answer", { host: "registry.example" })`;
    expect(run(core, `JSON.stringify(${error})`)).toBe(
      `{"name":"RegistryError","code":"timeout","message":"no answer"}`,
    );
  });
});

describe("the built test entry, where there is only the language", () => {
  it("tries a policy", async () => {
    const testing = await load(built.testing);
    const trial = { image: "nginx:1.x", tags: ["1.9", "1.10", "2.0"], running: "nginx:1.9" };
    expect(run(testing, `entry.tryPolicy(${JSON.stringify(trial)}).tag`)).toBe("1.10");
  });
});

function builtEntry(path: string): string {
  const file = fileURLToPath(repositoryUrl(path));
  if (!existsSync(file)) throw new Error(`${path} is missing: run \`npm run build\` first`);
  return file;
}

/** Bundles an entry with all it depends on, and runs it where only ECMAScript exists. */
async function load(file: string): Promise<Context> {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "entry",
    platform: "neutral",
    mainFields: ["module", "main"],
    // All of it loads, also what no export needs.
    treeShaking: false,
    ignoreAnnotations: true,
    target: "es2023",
    logLevel: "silent",
  });
  // Nothing may be made of text at run time either: some hosts refuse it.
  const context = createContext(Object.create(null), {
    codeGeneration: { strings: false, wasm: false },
  });
  runInContext(CLOSE, context);
  runInContext(outputFiles[0]?.text ?? "", context);
  return context;
}

function run(context: Context, expression: string): unknown {
  return runInContext(expression, context);
}
