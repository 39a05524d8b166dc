import { describe, expect, it } from "vitest";
import type { Diagnostic } from "../../src/errors/diagnostic.js";
import type { ErrorSummary } from "../../src/errors/image-updater-error.js";
import { readApplication } from "../../src/application/read-application.js";
import { application, counters, createWorld, manifestOf, OVERRIDE, REPOSITORY } from "./world.js";

// Argo CD takes the list of an override file in place of the one beneath it, so the first commit of
// such a file takes all other parameters out of production: replicas 3 became 1.

const registry = { "team/app": ["1.0", "1.1"] };
const live = ["ghcr.io/team/app:1.0"];
const annotations = { "write-back-method": "git", "image-list": "app=ghcr.io/team/app:1.x" };
const KEY = "image-updater.dev/other-parameters";
const SHARED = "apps/web/.argocd-source.yaml";
const helm = {
  parameters: [
    { name: "image.tag", value: "1.0" },
    { name: "replicas", value: "3" },
    { name: "extra", value: "" },
    { name: "id", value: "012", forceString: true },
  ],
};
const plugin = { env: [{ name: "REPLICAS", value: "3" }] };

async function cycle(
  choice: string | undefined,
  source: object,
  files: Readonly<Record<string, string>> = {},
): Promise<{
  readonly error: ErrorSummary | undefined;
  readonly diagnostics: readonly Diagnostic[];
  readonly file: string | undefined;
  readonly run: object;
}> {
  const { updater, git } = createWorld({ registry, files });
  const own = choice === undefined ? {} : { [KEY]: choice };
  const app = application({ annotations, own, source, live });
  const [plan] = (await updater.plan([app])).applications;
  const report = await updater.run([app]);
  expect(report.applications[0]?.error?.code).toBe(plan?.error?.code);
  const file = git.file(REPOSITORY, "main", OVERRIDE);
  const { error, diagnostics = [] } = plan ?? {};
  return { error, diagnostics, file, run: report.counters };
}

const entry = (name: string, value: string, force: boolean): string =>
  `  - name: ${name}\n    value: ${value}\n    forcestring: ${force}\n`;
const image = `${entry("image.name", "ghcr.io/team/app", true)}${entry("image.tag", '"1.1"', true)}`;
const listed = (...entries: readonly string[]): string =>
  `helm:\n  parameters:\n${entries.join("")}`;

describe("other parameters that a new override file would hide", () => {
  it("make an error of the application that names them and what to choose", async () => {
    const { error, file, run } = await cycle(undefined, { helm });
    expect(error).toEqual({
      name: "WriteBackError",
      code: "drops-parameters",
      message: `${OVERRIDE} would take the place of spec.source.helm.parameters, and replicas, extra, id would vanish from what is deployed; set ${KEY} to "carry" to copy them into the file, or to "drop" to let them vanish`,
    });
    expect(file).toBeUndefined();
    expect(run).toEqual(counters(1, 1, 0, 0, 1));
  });

  it("are copied as they are with carry, an empty one too", async () => {
    const { error, diagnostics, file } = await cycle(" carry\n", { helm });
    expect(error).toBeUndefined();
    expect(diagnostics).toEqual([]);
    expect(file).toBe(
      listed(
        entry("extra", '""', false),
        entry("id", '"012"', true),
        image,
        entry("replicas", '"3"', false),
      ),
    );
  });

  it("vanish with drop, which is said without alarm", async () => {
    const { error, diagnostics, file } = await cycle("drop", { helm });
    expect(error).toBeUndefined();
    expect(file).toBe(listed(image));
    expect(diagnostics).toMatchObject([{ severity: "info", code: "override-hides-parameters" }]);
  });

  it("are those of .argocd-source.yaml where that has the list", async () => {
    const files = { [SHARED]: listed(entry("debug", '"true"', false)) };
    const refused = await cycle(undefined, { helm }, files);
    expect(refused.error?.message).toContain(`helm.parameters of ${SHARED}, and debug would`);
    expect(refused.file).toBeUndefined();

    const carried = await cycle("carry", { helm }, files);
    expect(carried.file).toBe(listed(entry("debug", '"true"', false), image));
  });

  it("are variables of a plugin as well", async () => {
    const { updater } = createWorld({ registry });
    const app = application({ type: "Plugin", source: { plugin }, annotations, live });
    const targets = { plugin: { name: "IMAGE", tag: "TAG" } };
    const policies = app.policies.map((policy) => ({ ...policy, targets }));
    const [plan] = (await updater.plan([{ ...app, policies }])).applications;
    expect(plan?.error?.message).toContain("spec.source.plugin.env, and REPLICAS would vanish");
    const [carried] = (await updater.plan([{ ...app, policies, otherParameters: "carry" }]))
      .applications;
    expect(carried?.previews[0]?.after).toBe(
      'plugin:\n  env:\n  - name: IMAGE\n    value: ghcr.io/team/app\n  - name: TAG\n    value: "1.1"\n  - name: REPLICAS\n    value: "3"\n',
    );
  });

  it.each([
    ["there are none", { helm: { parameters: helm.parameters.slice(0, 1) } }, {}],
    ["the file has the list already", { helm }, { [OVERRIDE]: listed(entry("a", "b", false)) }],
    ["the shared file has an empty list", { helm }, { [SHARED]: "helm: {parameters: []}\n" }],
  ])("are not error where %s", async (_title, source, files) => {
    const { error, file } = await cycle(undefined, source, files);
    expect(error).toBeUndefined();
    expect(file).toContain(image);
  });

  it("are not error in files other than an override file", async () => {
    const { updater, git } = createWorld({
      registry,
      files: { "apps/web/values.yaml": "image: {name: x, tag: '1.0'}\n" },
    });
    const source = { helm: { parameters: helm.parameters.slice(1) } };
    const target = { ...annotations, "write-back-target": "helmvalues" };
    const report = await updater.run([application({ annotations: target, source, live })]);
    expect(report.counters).toEqual(counters(1, 1, 0, 1, 0));
    expect(git.commits).toHaveLength(1);
  });

  it("stay as the file has them once they were carried", async () => {
    const files = { [OVERRIDE]: listed(entry("replicas", '"5"', false)) };
    const { file, diagnostics } = await cycle("carry", { helm }, files);
    expect(file).toBe(listed(image, entry("replicas", '"5"', false)));
    expect(diagnostics).toMatchObject([{ code: "override-hides-parameters" }]);
  });

  it("are safe where the file cannot be read: nothing is written", async () => {
    const { updater, git } = createWorld({
      registry,
      gitFaults: [{ on: "read", behave: "unavailable" }],
    });
    const report = await updater.run([application({ annotations, source: { helm }, live })]);
    expect(report.applications[0]?.write).toMatchObject({
      kind: "failed",
      error: { code: "unavailable" },
    });
    expect(report.counters).toEqual(counters(1, 1, 0, 0, 1));
    expect(git.commits).toEqual([]);
  });
});

describe("Kustomize images beneath a new override file", () => {
  it("all go into it, those of .argocd-source.yaml in place of the Application's", async () => {
    const { updater, git } = createWorld({
      registry,
      files: { [SHARED]: "kustomize:\n  images:\n  - ghcr.io/team/side:2.0\n" },
    });
    const app = application({
      annotations,
      type: "Kustomize",
      source: { kustomize: { images: ["ghcr.io/team/old:1"] } },
      live,
    });
    await updater.run([app]);
    expect(git.file(REPOSITORY, "main", OVERRIDE)).toBe(
      "kustomize:\n  images:\n  - ghcr.io/team/side:2.0\n  - ghcr.io/team/app:1.1\n",
    );
  });
});

describe("the annotation", () => {
  it.each(["keep", "Carry", "true"])("%j is an error, and nothing is written", (choice) => {
    const manifest = manifestOf({ annotations, own: { [KEY]: choice }, live });
    const { value, diagnostics } = readApplication(manifest);
    expect(value?.writeBack).toBeUndefined();
    expect(diagnostics).toEqual([
      {
        severity: "error",
        code: "invalid-other-parameters",
        where: { annotation: KEY, application: "argocd/web" },
        message: `"${choice}" is not a choice; write "carry" to copy the other parameters into a new override file, or "drop" to let it hide them`,
      },
    ]);
  });

  it("holds where the settings come from elsewhere, and over what code says", () => {
    const { value: annotated } = readApplication(manifestOf({ annotations, live }));
    const settings = {
      images: annotated?.policies ?? [],
      invalidImages: [],
      writeBack: annotated?.writeBack,
    };
    const manifest = manifestOf({ annotations, own: { [KEY]: "carry" }, live });
    const read = readApplication(manifest, { settings, otherParameters: "drop" });
    expect(read.value?.otherParameters).toBe("carry");
    const silent = readApplication(manifestOf({ annotations, live }), { otherParameters: "drop" });
    expect(silent.value?.otherParameters).toBe("drop");
  });
});
