import { startOciRegistry, type OciTestServer } from "@image-updater/registry-oci/testing";
import { startGitServer, type GitTestServer } from "@image-updater/writeback-git/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  applicationManifest,
  readManifest,
  type ManifestSettings,
} from "./support/application-manifest.js";
import { runningImages, sync } from "./support/argo-cd.js";
import { composeUpdater, registriesConf } from "./support/compose-updater.js";
import { overrideFile } from "./support/override-file.js";
import { chartFiles } from "./support/render-helm.js";
import { kustomizationFiles } from "./support/render-kustomize.js";

const FIXTURE = { "team/app": ["1.0.0", "1.1.0", "2.0.0"].map((tag) => ({ tag })) };

describe.concurrent("an Application without a status", () => {
  let registry: OciTestServer;
  let git: GitTestServer;

  beforeAll(async () => {
    [registry, git] = await Promise.all([startOciRegistry({ fixture: FIXTURE }), startGitServer()]);
  });

  afterAll(async () => {
    await Promise.all([registry?.close(), git?.close()]);
  });

  const image = (): string => `${registry.host}/team/app`;
  const updater = () => composeUpdater({ registriesConf: registriesConf(registry) });

  /** Files of a chart or a kustomization, and the Application that names them. */
  function stages(): readonly {
    readonly name: string;
    readonly files: Readonly<Record<string, string>>;
    readonly settings: Partial<ManifestSettings>;
    readonly from: string;
  }[] {
    const values = `image:\n  name: ${image()}\n  tag: 1.0.0\n`;
    const chart = chartFiles("app", values, ["{{ .Values.image.name }}:{{ .Values.image.tag }}"]);
    const override = overrideFile({ "image.name": image(), "image.tag": "1.1.0" });
    const kustomize = kustomizationFiles("app", [`${image()}:0.9.0`]);
    const kustomization = `resources:\n- deployment.yaml\nimages:\n- name: ${image()}\n  newTag: 1.0.0\n`;
    const helm = { annotations: { "app.helm.image-tag": "image.tag" } };
    const source = { kustomize: { images: [`${image()}:1.1.0`] } };
    return [
      { name: "values", files: chart, settings: helm, from: "1.0.0" },
      {
        name: "override",
        files: { ...chart, "app/.argocd-source-override.yaml": override },
        settings: helm,
        from: "1.1.0",
      },
      {
        name: "in-place",
        files: chart,
        settings: { annotations: { "write-back-target": "helmvalues" } },
        from: "1.0.0",
      },
      {
        name: "kustomization",
        files: { ...kustomize, "app/kustomization.yaml": kustomization },
        settings: { annotations: { "write-back-target": "kustomization" } },
        from: "1.0.0",
      },
      { name: "spec", files: kustomize, settings: { annotations: {}, source }, from: "1.1.0" },
    ];
  }

  it.each(["values", "override", "in-place", "kustomization", "spec"])(
    "is updated from what its files say: %s",
    async (name) => {
      const stage = stages().find((each) => each.name === name);
      if (stage === undefined) throw new Error(`there is no ${name}`);
      const { url } = await git.createRepository(name, { branches: { main: stage.files } });
      const manifest = applicationManifest({
        repositoryUrl: url,
        path: "app",
        ...stage.settings,
        name,
        annotations: { "image-list": `app=${image()}`, ...stage.settings.annotations },
      });
      expect(manifest.status).toBeUndefined();

      const first = await updater().run([readManifest(manifest)]);

      expect(first.counters).toMatchObject({ imagesConsidered: 1, imagesUpdated: 1, errors: 0 });
      expect((await git.log(name, "main"))[0]?.message).toContain(
        `updates image team/app tag '${stage.from}' to '2.0.0'`,
      );
      expect(runningImages(await sync(git, manifest))).toEqual([`${image()}:2.0.0`]);

      // The same manifest again: its files say now that the newest runs.
      const second = await updater().run([readManifest(manifest)]);
      expect(second.counters).toMatchObject({ imagesConsidered: 1, imagesUpdated: 0, errors: 0 });
      expect(await git.log(name, "main")).toHaveLength(2);
    },
  );

  it("is compared by the digest that its override file holds", async () => {
    const old = `sha256:${"0".repeat(64)}`;
    const { url } = await git.createRepository("digest", {
      branches: {
        main: {
          ...chartFiles("app", `image:\n  name: ${image()}\n  tag: 1.0.0\n`, [
            "{{ .Values.image.name }}:{{ .Values.image.tag }}",
          ]),
          "app/.argocd-source-digest.yaml": overrideFile({ "image.tag": `1.0.0@${old}` }),
        },
      },
    });
    const manifest = applicationManifest({
      name: "digest",
      repositoryUrl: url,
      path: "app",
      annotations: {
        "image-list": `app=${image()}:1.0.0`,
        "app.update-strategy": "digest",
        "app.helm.image-tag": "image.tag",
      },
    });

    const first = await updater().run([readManifest(manifest)]);
    const second = await updater().run([readManifest(manifest)]);

    const digest = first.applications[0]?.images[0]?.decision.digest;
    expect(digest).toMatch(/^sha256:[\da-f]{64}$/u);
    expect((await git.log("digest", "main"))[0]?.message).toContain(
      `updates image team/app tag '${old}' to '${digest}'`,
    );
    expect(second.applications[0]?.images).toMatchObject([{ outcome: "up-to-date" }]);
    expect(await git.log("digest", "main")).toHaveLength(2);
  });

  it("skips an image that none of its files names", async () => {
    const { url } = await git.createRepository("unnamed", {
      branches: { main: chartFiles("app", "replicas: 1\n", []) },
    });
    const manifest = applicationManifest({
      name: "unnamed",
      repositoryUrl: url,
      path: "app",
      annotations: { "image-list": `app=${image()}`, "app.helm.image-tag": "image.tag" },
    });

    const report = await updater().run([readManifest(manifest)]);

    expect(report.applications[0]?.images).toMatchObject([{ outcome: "not-live" }]);
    expect(report.counters).toMatchObject({ imagesSkipped: 1, imagesUpdated: 0, errors: 0 });
    expect(await git.log("unnamed", "main")).toHaveLength(1);
  });

  it("is an error when its repository cannot be read, and the others go on", async () => {
    const files = chartFiles("app", `image:\n  name: ${image()}\n  tag: 1.0.0\n`, [
      "{{ .Values.image.name }}:{{ .Values.image.tag }}",
    ]);
    const { url } = await git.createRepository("readable", { branches: { main: files } });
    const [fine, lost] = [url, `${git.url}/no-such.git`].map((repositoryUrl, index) =>
      readManifest(
        applicationManifest({
          name: index === 0 ? "readable" : "lost",
          repositoryUrl,
          path: "app",
          annotations: { "image-list": `app=${image()}`, "app.helm.image-tag": "image.tag" },
        }),
      ),
    );
    if (fine === undefined || lost === undefined) throw new Error("not read");

    const report = await updater().run([lost, fine]);

    expect(report.applications).toMatchObject([
      { error: { name: "WriteBackError", code: "not-found" } },
      { write: { kind: "written" } },
    ]);
    expect(report.counters).toMatchObject({ imagesUpdated: 1, errors: 1 });
  });
});
