import { formatPlan, type Plan } from "@image-updater/core";
import { createMemoryLogger } from "@image-updater/core/testing";
import { startOciRegistry, type OciTestServer } from "@image-updater/registry-oci/testing";
import { startGitServer, type GitTestServer } from "@image-updater/writeback-git/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { applicationManifest, readManifest } from "./support/application-manifest.js";
import { composeUpdater, registriesConf, type UpdaterParts } from "./support/compose-updater.js";
import { overrideFile } from "./support/override-file.js";
import { chartFiles } from "./support/render-helm.js";
import { kustomizationFiles } from "./support/render-kustomize.js";

const FIXTURE = { "team/app": ["1.0.0", "1.1.0"].map((tag) => ({ tag })) };

describe("a plan", () => {
  let registry: OciTestServer;
  let git: GitTestServer;

  beforeAll(async () => {
    [registry, git] = await Promise.all([startOciRegistry({ fixture: FIXTURE }), startGitServer()]);
  });

  afterAll(async () => {
    await Promise.all([registry?.close(), git?.close()]);
  });

  beforeEach(() => {
    git.clearRequests();
    git.setFaults([]);
  });

  function updater(settings: UpdaterParts["settings"] = {}) {
    return composeUpdater({ registriesConf: registriesConf(registry), settings });
  }

  const image = (): string => `${registry.host}/team/app`;

  function valuesWith(tag: string): string {
    return `image:\n  name: ${image()}\n  tag: ${tag} # moved\n`;
  }

  /** One repository, and in it an application for each kind of edit. */
  async function stage(repository: string) {
    const container = "{{ .Values.image.name }}:{{ .Values.image.tag }}";
    const values = valuesWith("1.0.0");
    const { url } = await git.createRepository(repository, {
      branches: {
        main: {
          ...chartFiles("override", values, [container]),
          ...chartFiles("values", values, [container]),
          ...kustomizationFiles("kustomize", [`${image()}:1.0.0`]),
        },
      },
    });
    const application = (name: string, type: "Helm" | "Kustomize", annotations: object) =>
      applicationManifest({
        name,
        repositoryUrl: url,
        path: name,
        type,
        running: [`${image()}:1.0.0`],
        annotations: { "image-list": `app=${image()}`, ...annotations },
      });
    const manifests = [
      application("override", "Helm", {}),
      application("values", "Helm", { "write-back-target": "helmvalues" }),
      application("kustomize", "Kustomize", { "write-back-target": "kustomization" }),
    ];
    return { url, applications: manifests.map((manifest) => readManifest(manifest)) };
  }

  const written = (): Readonly<Record<string, string>> => ({
    "override/.argocd-source-override.yaml": overrideFile({
      "image.name": image(),
      "image.tag": "1.1.0",
    }),
    "values/values.yaml": valuesWith("1.1.0"),
    "kustomize/kustomization.yaml": `resources:\n- deployment.yaml\nimages:\n- name: ${image()}\n  newTag: 1.1.0\n`,
  });

  async function expectWritten(repository: string): Promise<void> {
    for (const [path, content] of Object.entries(written())) {
      expect(await git.readFile(repository, "main", path)).toBe(content);
    }
    await git.fsck(repository);
  }

  it("writes nothing, and shows the bytes that will be written", async () => {
    const { applications } = await stage("shows");

    const plan = await updater().plan(applications);

    expect(git.requests.filter(({ service }) => service === "git-receive-pack")).toEqual([]);
    expect(await git.log("shows", "main")).toHaveLength(1);
    const previews = plan.applications.flatMap((application) => application.previews);
    expect(Object.fromEntries(previews.map(({ path, after }) => [path, after]))).toEqual(written());
    await updater().apply(plan);
    await expectWritten("shows");
  });

  it("is plain JSON: another process applies what was stored", async () => {
    const { applications } = await stage("stored");
    const plan = await updater().plan(applications);

    const text = JSON.stringify(plan);
    const stored = JSON.parse(text) as Plan;
    expect(stored).toStrictEqual(plan);
    expect(JSON.stringify(stored)).toBe(text);

    const report = await updater().apply(stored);
    expect(report.counters).toMatchObject({ imagesUpdated: 3, errors: 0 });
    expect(JSON.parse(JSON.stringify(report))).toStrictEqual(report);
    await expectWritten("stored");
    expect(await git.log("stored", "main")).toHaveLength(4);
  });

  it("commits once, however often it is applied", async () => {
    const { applications } = await stage("twice");
    const plan = await updater().plan(applications);

    await updater().apply(plan);
    const again = await updater().apply(plan);

    expect(again.applications.map(({ write }) => write?.kind)).toEqual([
      "unchanged",
      "unchanged",
      "unchanged",
    ]);
    expect(await git.log("twice", "main")).toHaveLength(4);
  });

  it("edits the bytes that are there when it is applied, not those it was made from", async () => {
    const { applications } = await stage("moved");
    const plan = await updater().plan(applications);
    const others = valuesWith("1.0.0").replace("image:", "# added since\nreplicas: 3\nimage:");
    await git.commit("moved", "main", { "values/values.yaml": others });

    await updater().apply(plan);

    expect(await git.readFile("moved", "main", "values/values.yaml")).toBe(
      others.replace("1.0.0", "1.1.0"),
    );
  });

  it("is shown with what, why and a diff", async () => {
    const { url, applications } = await stage("text");

    const text = formatPlan(await updater().plan(applications.slice(1, 2)));

    expect(text).toBe(
      [
        "Application argocd/values: 1 image(s) to update",
        `  update       app=${image()} [semver] -> ${image()}:1.1.0`,
        '    because "1.0.0" is running, "1.1.0" is newest',
        "    rejected 1.0.0: is not the newest, which is 1.1.0",
        `  writes to ${url}, branch main`,
        "--- a/values/values.yaml",
        "+++ b/values/values.yaml",
        "@@ -1,3 +1,3 @@",
        " image:",
        `   name: ${image()}`,
        "-  tag: 1.0.0 # moved",
        "+  tag: 1.1.0 # moved",
        "",
      ].join("\n"),
    );
  });

  it("holds only the images that `only` lets through", async () => {
    const { applications } = await stage("only");

    const plan = await updater().plan(applications, {
      only: ({ application, alias, host, path }) =>
        application.name === "values" && alias === "app" && `${host}/${path}` === image(),
    });

    const planned = plan.applications.flatMap(({ application, images, change }) =>
      images.map(() => [application.name, change !== undefined]),
    );
    expect(planned).toEqual([["values", true]]);
  });

  it("is all that a dry run makes: it counts and logs, and asks Git for nothing", async () => {
    const { applications } = await stage("dry");
    const logger = createMemoryLogger();

    const report = await updater({ logger }).run(applications, { dryRun: true });

    expect(report.counters).toMatchObject({ imagesUpdated: 3, errors: 0 });
    expect(git.requests).toEqual([]);
    const messages = logger.entries.map(({ message }) => message);
    expect(messages).toContain("Dry run - not committing 1 changes to application");
    expect(messages.at(-1)).toBe(
      "Processing results: applications=3 images_considered=3 images_skipped=0 images_updated=3 errors=0",
    );
  });

  it("is not applied when it is cancelled, and says so", async () => {
    const { applications } = await stage("cancelled");
    const plan = await updater().plan(applications);

    const report = await updater().apply(plan, { signal: AbortSignal.abort() });

    expect(report.applications).toMatchObject([
      { write: { kind: "failed", error: { code: "cancelled" } } },
      { write: { kind: "failed", error: { code: "cancelled" } } },
      { write: { kind: "failed", error: { code: "cancelled" } } },
    ]);
    expect(await git.log("cancelled", "main")).toHaveLength(1);
  });

  it("reads a repository once for all applications, and so does applying it", async () => {
    const fetches = (): number => {
      const asked = git.requests.filter(({ service }) => service === "git-upload-pack");
      git.clearRequests();
      return asked.length;
    };
    const count = async (repository: string, applications: number) => {
      const staged = await stage(repository);
      const fresh = updater();
      const plan = await fresh.plan(staged.applications.slice(0, applications));
      const planning = fetches();
      await fresh.apply(plan);
      expect(await git.log(repository, "main")).toHaveLength(1 + applications);
      return { planning, applying: fetches() };
    };

    expect(await count("once-for-all", 3)).toEqual(await count("once-for-one", 1));
  });
});
