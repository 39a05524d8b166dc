import { startGitServer, type GitTestServer } from "@image-updater/writeback-git/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pushImage } from "../skopeo.js";
import { startDockerRegistry, type DockerRegistry } from "../start-docker-registry.js";
import { applicationManifest, readManifest } from "./support/application-manifest.js";
import { runningImages } from "./support/argo-cd.js";
import { changedFiles, newestCommits } from "./support/commits.js";
import { composeUpdater, registriesConf } from "./support/compose-updater.js";
import { overrideFile } from "./support/override-file.js";
import { hasRealRegistry } from "./support/real-registry.js";
import { chartFiles } from "./support/render-helm.js";
import { kustomizationFiles } from "./support/render-kustomize.js";
import { runFlow } from "./support/run-flow.js";

describe
  .skipIf(!hasRealRegistry)
  .concurrent("a write-back target, with docker-registry and git", () => {
    let registry: DockerRegistry;
    let git: GitTestServer;
    let stable: string;

    beforeAll(async () => {
      [registry, git] = await Promise.all([startDockerRegistry(), startGitServer()]);
      const push = (repository: string, tag: string): Promise<string> =>
        pushImage({ host: registry.host, repository, tag });
      [stable = ""] = await Promise.all([
        push("team/sidecar", "stable"),
        push("team/web", "1.9.0"),
        push("team/web", "1.10.0"),
        push("team/job", "7"),
        push("team/job", "8"),
      ]);
    });

    afterAll(async () => {
      await Promise.all([registry?.close(), git?.close()]);
    });

    function updater() {
      return composeUpdater({ registriesConf: registriesConf(registry) });
    }

    const web = (): string => `${registry.host}/team/web`;
    const job = (): string => `${registry.host}/team/job`;

    /** Values with everything that a careless rewrite would lose. */
    function values(webTag: string, jobTag: string): string {
      return [
        "# Values of the application",
        "replicas: 2   # scaled by hand",
        "",
        "web:",
        "    image:",
        `        name: '${web()}'`,
        `        tag: "${webTag}"  # moved by the image updater`,
        "",
        `job: {image: ${job()}, tag: '${jobTag}'}`,
        "on: yes",
        "text: |",
        "  tag: 1.9.0",
        "",
        "  end",
        "",
      ].join("\n");
    }

    const images = {
      "web.helm.image-name": "web.image.name",
      "web.helm.image-tag": "web.image.tag",
      "job.helm.image-name": "job.image",
      "job.helm.image-tag": "job.tag",
    };

    it.each([
      { name: "default", target: "helmvalues", file: "charts/app/values.yaml" },
      {
        name: "relative",
        target: "helmvalues:../values-prod.yaml",
        file: "charts/values-prod.yaml",
      },
      { name: "absolute", target: "helmvalues:/env/prod.yaml", file: "env/prod.yaml" },
      { name: "bare", target: "env/prod.yml", file: "env/prod.yml" },
    ])("$target edits the values in place", async ({ name, target, file }) => {
      const chart = chartFiles("charts/app", values("1.9.0", "7"), [
        "{{ .Values.web.image.name }}:{{ .Values.web.image.tag }}",
        "{{ .Values.job.image }}:{{ .Values.job.tag }}",
      ]);
      const { url } = await git.createRepository(name, {
        branches: { main: { ...chart, [file]: values("1.9.0", "7") } },
      });
      const application = applicationManifest({
        name,
        repositoryUrl: url,
        path: "charts/app",
        running: [`${web()}:1.9.0`, `${job()}:7`],
        annotations: {
          "image-list": `web=${web()}, job=${job()}`,
          "write-back-target": target,
          ...images,
        },
        source: { helm: { valueFiles: [`/${file}`] } },
      });

      const { plan, synced } = await runFlow(updater(), git, [application]);

      expect(await git.readFile(name, "main", file)).toBe(values("1.10.0", "8"));
      expect(plan.applications[0]?.previews).toEqual([
        { path: file, before: values("1.9.0", "7"), after: values("1.10.0", "8") },
      ]);
      expect(await changedFiles(git, name, "main")).toEqual([`100644 ${file}`]);
      expect(await newestCommits(git, name, "main", 1)).toMatchObject([
        {
          message: `build: automatic update of ${name}\n\nupdates image team/web tag '1.9.0' to '1.10.0'\nupdates image team/job tag '7' to '8'\n`,
        },
      ]);
      expect(synced.map(runningImages)).toEqual([[`${web()}:1.10.0`, `${job()}:8`]]);
    });

    it("keeps line ends and quotes a tag that YAML would read as a number", async () => {
      const crlf = (tag: string): string => `image: ${job()}\r\ntag: ${tag}\r\n\r\n# end\r\n`;
      const { url } = await git.createRepository("crlf", {
        branches: {
          main: {
            ...chartFiles(".", "", ["{{ .Values.image }}:{{ .Values.tag }}"]),
            "values.yaml": crlf("7"),
          },
        },
      });
      const application = applicationManifest({
        name: "crlf",
        repositoryUrl: url,
        running: [`${job()}:7`],
        annotations: {
          "image-list": `job=${job()}`,
          "write-back-target": "helmvalues",
          "job.helm.image-name": "image",
          "job.helm.image-tag": "tag",
        },
      });

      await runFlow(updater(), git, [application]);

      expect(await git.readFile("crlf", "main", "values.yaml")).toBe(crlf('"8"'));
    });

    /** A kustomization with everything that a careless rewrite would lose. */
    function kustomization(...entries: readonly string[]): string {
      return [
        "# The overlay of production",
        "apiVersion: kustomize.config.k8s.io/v1beta1",
        "kind: Kustomization",
        "",
        "resources:",
        "  - deployment.yaml",
        "",
        "images:",
        ...entries,
        "",
        "patches:",
        "  - patch: |-",
        "      - op: replace",
        "",
        "        path: /spec/replicas",
        "",
      ].join("\n");
    }

    it.each([
      {
        name: "overlay",
        target: "kustomization",
        folder: "overlays/prod",
        file: "kustomization.yaml",
      },
      {
        name: "base",
        target: "kustomization:../../base",
        folder: "base",
        file: "kustomization.yml",
      },
      { name: "root", target: "kustomization:/", folder: ".", file: "Kustomization" },
    ])("$target edits $file of $folder", async ({ name, target, folder, file }) => {
      const path = folder === "." ? file : `${folder}/${file}`;
      const running = [`${web()}:1.9.0`, `${job()}:7`, "busybox:1"];
      const manifests = kustomizationFiles(folder, running);
      const { url } = await git.createRepository(name, {
        branches: {
          main: {
            ...Object.fromEntries(
              Object.entries(manifests).filter(([key]) => key.endsWith("deployment.yaml")),
            ),
            "overlays/prod/kustomization.yaml": `resources: [${folder === "base" ? "../../base" : "../.."}]\n`,
            [path]: kustomization(
              "  # pinned: see the release notes",
              "  - name: busybox",
              "    newTag: '2'",
              `  - name: ${job()}`,
              '    newTag: "7" # moved by the image updater',
            ),
          },
        },
      });
      const application = applicationManifest({
        name,
        repositoryUrl: url,
        path: "overlays/prod",
        type: "Kustomize",
        running: [`${web()}:1.9.0`, `${job()}:7`, "busybox:2"],
        annotations: {
          "image-list": `web=${web()}, job=${job()}`,
          "write-back-target": target,
        },
      });

      const { synced } = await runFlow(updater(), git, [application]);

      expect(await git.readFile(name, "main", path)).toBe(
        kustomization(
          "  # pinned: see the release notes",
          "  - name: busybox",
          "    newTag: '2'",
          `  - name: ${job()}`,
          '    newTag: "8" # moved by the image updater',
          `  - name: ${web()}`,
          "    newTag: 1.10.0",
        ),
      );
      expect(await changedFiles(git, name, "main")).toEqual([`100644 ${path}`]);
      expect(synced.map(runningImages)).toEqual([[`${web()}:1.10.0`, `${job()}:8`, "busybox:2"]]);
    });

    it("writes name, tag and digest of a renamed image into a kustomization", async () => {
      const sidecar = `${registry.host}/team/sidecar`;
      const { url } = await git.createRepository("renamed", {
        branches: { main: kustomizationFiles("app", ["example.com/sidecar:dev"]) },
      });
      const application = applicationManifest({
        name: "renamed",
        repositoryUrl: url,
        path: "app",
        type: "Kustomize",
        running: ["example.com/sidecar:dev"],
        annotations: {
          "image-list": `sidecar=${sidecar}:stable`,
          "sidecar.update-strategy": "digest",
          "sidecar.kustomize.image-name": "example.com/sidecar",
          "write-back-target": "kustomization",
        },
      });

      const { synced } = await runFlow(updater(), git, [application]);

      expect(await git.readFile("renamed", "main", "app/kustomization.yaml")).toBe(
        [
          "resources:",
          "- deployment.yaml",
          "images:",
          "- name: example.com/sidecar",
          `  newName: ${sidecar}`,
          "  newTag: stable",
          `  digest: ${stable}`,
          "",
        ].join("\n"),
      );
      expect(synced.map(runningImages)).toEqual([[`${sidecar}:stable@${stable}`]]);
    });

    it("goes to another repository, for one that Argo CD reads a mirror of", async () => {
      const chart = chartFiles(".", `image: { name: ${web()}, tag: 1.9.0 }\n`, [
        "{{ .Values.image.name }}:{{ .Values.image.tag }}",
      ]);
      const source = await git.createRepository("source", { branches: { main: chart } });
      const config = await git.createRepository("config", {
        branches: { live: { "README.md": "Overrides\n" } },
        defaultBranch: "live",
      });
      const manifest = applicationManifest({
        name: "elsewhere",
        repositoryUrl: source.url,
        running: [`${web()}:1.9.0`],
        annotations: {
          "image-list": `web=${web()}`,
          "git-repository": config.url,
          "git-branch": "live",
        },
      });

      const report = await updater().run([readManifest(manifest)]);

      expect(report.counters).toMatchObject({ imagesUpdated: 1, errors: 0 });
      expect(await git.readFile("config", "live", ".argocd-source-elsewhere.yaml")).toBe(
        overrideFile({ "image.name": web(), "image.tag": "1.10.0" }),
      );
      expect(await git.log("source", "main")).toHaveLength(1);
    });
  });
