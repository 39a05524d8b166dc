import { startArgoCdApi } from "@image-updater/writeback-argocd/testing";
import { createArgoCdApiClient, createArgoCdWriteBack } from "@image-updater/writeback-argocd";
import {
  createUpdater,
  parseRegistriesConf,
  readApplication,
  type Application,
  type Updater,
} from "@image-updater/core";
import { systemClock } from "@image-updater/core/system";
import { createOciRegistry } from "@image-updater/registry-oci";
import { startOciRegistry, type OciTestServer } from "@image-updater/registry-oci/testing";
import { createGitWriteBack } from "@image-updater/writeback-git";
import { startGitServer, type GitTestServer } from "@image-updater/writeback-git/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applicationManifest, readManifest } from "./support/application-manifest.js";
import { runningImages, sync } from "./support/argo-cd.js";
import { registriesConf } from "./support/compose-updater.js";
import { chartFiles } from "./support/render-helm.js";
import { kustomizationFiles } from "./support/render-kustomize.js";

// Whether what is written gets deployed, with a git server and Applications as Argo CD has them. What
// the places mean is worked out by the oracle that syncs them, which knows nothing of the updater.

const IMAGE = "registry.example.com/team/app";
const TEMPLATE = "{{ .Values.image.name }}:{{ .Values.image.tag }}";
const values = (tag: string): string => `image:\n  name: ${IMAGE}\n  tag: "${tag}"\n`;
const override = (tag: string): string =>
  `helm:\n  parameters:\n  - name: image.tag\n    value: "${tag}"\n    forcestring: true\n`;
const DONE = { sync: { status: "Synced" }, health: { status: "Healthy" } };

let registry: OciTestServer;
let git: GitTestServer;

beforeAll(async () => {
  const images = ["1.0", "1.1"].map((tag) => ({ tag, created: "2024-01-01T00:00:00Z" }));
  [registry, git] = await Promise.all([
    startOciRegistry({ fixture: { "team/app": images } }),
    startGitServer(),
  ]);
});

afterAll(() => Promise.all([registry?.close(), git?.close()]));

function updater(more: Parameters<typeof createUpdater>[0]["writeBack"] = []): Updater {
  const prefix = "registry.example.com";
  const { value: registries = [] } = parseRegistriesConf(
    registriesConf({ url: registry.url, prefix }),
  );
  return createUpdater({
    registriesConf: registries,
    registries: [createOciRegistry({ registriesConf: registries, retries: 0 })],
    writeBack: [
      createGitWriteBack({
        allowHttp: true,
        credentials: { forGit: () => Promise.resolve({ kind: "anonymous" }) },
      }),
      ...more,
    ],
    clock: systemClock(),
  });
}

interface Row {
  readonly name: string;
  readonly target: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly source?: NonNullable<Parameters<typeof applicationManifest>[0]["source"]>;
  /** What the message names. */
  readonly place: string;
}

/** What a repository named after the row holds, and the Application of it. */
async function start({ name, target, files, source }: Omit<Row, "place">) {
  const chart = chartFiles("chart", values("1.0"), [TEMPLATE]);
  const { url } = await git.createRepository(name, { branches: { main: { ...chart, ...files } } });
  return applicationManifest({
    name,
    repositoryUrl: url,
    path: "chart",
    running: [`${IMAGE}:1.0`],
    annotations: {
      "image-list": `app=${IMAGE}:1.x`,
      ...(target === "" ? {} : { "write-back-target": target }),
    },
    ...(source === undefined ? {} : { source }),
  });
}

describe("a value that another place hides", () => {
  it.each<Row>([
    {
      name: "parameters",
      target: "helmvalues",
      source: { helm: { parameters: [{ name: "image.tag", value: "1.0" }] } },
      place: "spec.source.helm.parameters",
    },
    {
      name: "old-override",
      target: "helmvalues",
      files: { "chart/.argocd-source-old-override.yaml": override("1.0") },
      place: "helm.parameters of chart/.argocd-source-old-override.yaml",
    },
    {
      name: "later-file",
      target: "helmvalues",
      files: { "env/prod.yaml": "image: {tag: '1.0'}\n" },
      source: { helm: { valueFiles: ["../env/prod.yaml"] } },
      place: "env/prod.yaml sets",
    },
  ])("$name: is not written, and Argo CD would have gone on with it", async (row) => {
    const manifest = await start(row);
    const report = await updater().run([readManifest(manifest)]);
    expect(report.counters).toMatchObject({ imagesUpdated: 0, errors: 1 });
    const [image] = report.applications[0]?.images ?? [];
    expect(image).toMatchObject({ outcome: "error", decision: { reason: { code: "no-effect" } } });
    const messages = report.applications[0]?.diagnostics.map(({ message }) => message);
    expect(messages?.join("\n")).toContain(row.place);
    expect(await git.log(row.name, "main")).toHaveLength(1);
    // The oracle agrees: with the new value in the file, the old image runs.
    const copy = await start({
      ...row,
      name: `${row.name}-forced`,
      files: {
        ...row.files,
        ...(row.name === "old-override"
          ? { "chart/.argocd-source-old-override-forced.yaml": override("1.0") }
          : {}),
        "chart/values.yaml": values("1.1"),
      },
    });
    expect(runningImages(await sync(git, copy))).toEqual([`${IMAGE}:1.0`]);
  });

  it.each<Row>([
    {
      name: "not-listed",
      target: "helmvalues:/other/values.yaml",
      files: { "other/values.yaml": values("1.0") },
      source: { helm: { valueFiles: ["values.yaml"] } },
      place: "is not among the values files of the Application",
    },
    {
      name: "created",
      target: "helmvalues:env/prod.yaml",
      files: { "env/prod.yaml": values("1.0") },
      source: { helm: { valueFiles: ["../env/prod.yaml"] } },
      place: 'write the target "helmvalues:/env/prod.yaml"',
    },
    ...["kustomize", "helm", "argocd", "override"].map((target) => ({
      name: `word-${target}`,
      target,
      place: "Argo CD reads no override file of that name",
    })),
  ])("$name: the file is not read, and not written", async (row) => {
    const report = await updater().run([readManifest(await start(row))]);
    expect(report.counters).toMatchObject({ imagesUpdated: 0, errors: 1 });
    expect(report.applications[0]?.error).toMatchObject({ code: "no-effect" });
    expect(report.applications[0]?.error?.message).toContain(row.place);
    expect(await git.log(row.name, "main")).toHaveLength(1);
  });

  it("kustomize.images: is not written into the kustomization", async () => {
    const { url } = await git.createRepository("kustomized", {
      branches: { main: kustomizationFiles("app", [`${IMAGE}:1.0`]) },
    });
    const manifest = applicationManifest({
      name: "kustomized",
      repositoryUrl: url,
      path: "app",
      type: "Kustomize",
      running: [`${IMAGE}:1.0`],
      annotations: { "image-list": `app=${IMAGE}:1.x`, "write-back-target": "kustomization" },
      source: { kustomize: { images: [`${IMAGE}:1.0`] } },
    });
    const report = await updater().run([readManifest(manifest)]);
    expect(report.counters).toMatchObject({ imagesUpdated: 0, errors: 1 });
    expect(report.applications[0]?.diagnostics[0]?.message).toContain(
      "spec.source.kustomize.images sets",
    );
    expect(await git.log("kustomized", "main")).toHaveLength(1);
  });

  it("a chart of several sources: the override file is refused, a $ref values file is written", async () => {
    const { url } = await git.createRepository("several", {
      branches: { trunk: { "env/prod.yaml": values("1.0") }, main: {} },
    });
    const several = (target: string): Application => {
      const plain = applicationManifest({
        name: "several",
        repositoryUrl: url,
        running: [`${IMAGE}:1.0`],
        annotations: {
          "image-list": `app=${IMAGE}:1.x`,
          "git-repository": `${url.replace(/\.git$/u, "")}/`,
          ...(target === "" ? {} : { "write-back-target": target }),
        },
      });
      const { source: _source, ...spec } = plain.spec;
      const chart = {
        repoURL: "https://charts.example.com",
        chart: "app",
        targetRevision: "15.2.5",
        helm: { valueFiles: ["$values/env/prod.yaml"] },
      };
      const sources = [chart, { repoURL: url, ref: "values", targetRevision: "trunk" }];
      const { value } = readApplication({ ...plain, spec: { ...spec, sources } });
      if (value === undefined) throw new Error("the manifest is wrong");
      return value;
    };
    const refused = await updater().run([several("")]);
    expect(refused.applications[0]?.error?.message).toContain(
      'Argo CD reads no override file for the chart "app"',
    );
    const written = await updater().run([several("helmvalues:/env/prod.yaml")]);
    expect(written.counters).toMatchObject({ imagesUpdated: 1, errors: 0 });
    expect(await git.readFile("several", "trunk", "env/prod.yaml")).toBe(values("1.1"));
  });
});

describe("what is written and does not run", () => {
  it("is not-deployed once Argo CD is done, and updated no more", async () => {
    const manifest = await start({ name: "stuck", target: "" });
    const first = await updater().run([readManifest(manifest)]);
    expect(first.counters).toMatchObject({ imagesUpdated: 1, errors: 0 });
    // Argo CD has not taken notice: outside of manifest-generate-paths it never does.
    const stuck = {
      ...manifest,
      status: { sourceType: "Helm", summary: { images: [`${IMAGE}:1.0`] }, ...DONE },
    } as const;
    const second = await updater().run([readManifest(stuck)]);
    expect(second.counters).toMatchObject({ imagesConsidered: 1, imagesUpdated: 0, errors: 0 });
    expect(second.applications[0]?.images[0]?.outcome).toBe("not-deployed");
    expect(await git.log("stuck", "main")).toHaveLength(2);

    const synced = await sync(git, manifest);
    const third = await updater().run([readManifest(synced)]);
    expect(third.applications[0]?.images[0]?.outcome).toBe("up-to-date");
  });

  it("names the old override file that hides what Argo CD's API was told", async () => {
    const manifest = await start({
      name: "patched",
      target: "",
      files: { "chart/.argocd-source-patched.yaml": override("1.0") },
    });
    const helm = {
      parameters: [
        { name: "image.name", value: IMAGE },
        { name: "image.tag", value: "1.1", forceString: true },
      ],
    };
    const annotations = {
      ...manifest.metadata.annotations,
      "argocd-image-updater.argoproj.io/write-back-method": "argocd",
    };
    const patched = {
      ...manifest,
      metadata: { ...manifest.metadata, annotations, resourceVersion: "1" },
      spec: { ...manifest.spec, source: { ...manifest.spec.source, helm } },
    };
    const api = await startArgoCdApi({ applications: [patched] });
    try {
      const applications = createArgoCdApiClient({
        url: api.url,
        token: "test-token",
        allowHttp: true,
      });
      const argocd = createArgoCdWriteBack({ applications, clock: systemClock() });
      const images = runningImages(await sync(git, patched));
      expect(images).toEqual([`${IMAGE}:1.0`]);
      const live = {
        ...patched,
        status: { sourceType: "Helm", summary: { images }, ...DONE },
      } as const;
      const report = await updater([argocd]).run([readManifest(live)]);
      expect(report.applications[0]?.images[0]?.outcome).toBe("not-deployed");
      expect(report.applications[0]?.diagnostics[0]?.message).toContain(
        "helm.parameters of chart/.argocd-source-patched.yaml",
      );
      expect(report.counters).toMatchObject({ imagesUpdated: 0, errors: 0 });
    } finally {
      await api.close();
    }
  });
});
