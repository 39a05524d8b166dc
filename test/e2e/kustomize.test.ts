import { startGitServer, type GitTestServer } from "@image-updater/writeback-git/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pushImage } from "../skopeo.js";
import { startDockerRegistry, type DockerRegistry } from "../start-docker-registry.js";
import { applicationManifest } from "./support/application-manifest.js";
import { runningImages } from "./support/argo-cd.js";
import { changedFiles, newestCommits } from "./support/commits.js";
import { composeUpdater, registriesConf } from "./support/compose-updater.js";
import { hasRealRegistry } from "./support/real-registry.js";
import { kustomizationFiles } from "./support/render-kustomize.js";
import { runFlow } from "./support/run-flow.js";

describe
  .skipIf(!hasRealRegistry)
  .concurrent("a Kustomize application, with docker-registry and git", () => {
    let registry: DockerRegistry;
    let git: GitTestServer;

    beforeAll(async () => {
      [registry, git] = await Promise.all([startDockerRegistry(), startGitServer()]);
      const push = (repository: string, ...tags: readonly string[]): Promise<unknown> =>
        Promise.all(tags.map((tag) => pushImage({ host: registry.host, repository, tag })));
      await Promise.all([push("team/web", "1.0.0", "1.1.0", "2.0.0"), push("team/job", "7", "8")]);
    });

    afterAll(async () => {
      await Promise.all([registry?.close(), git?.close()]);
    });

    function updater() {
      return composeUpdater({ registriesConf: registriesConf(registry) });
    }

    it.each([
      { repository: "root", path: ".", file: ".argocd-source-web.yaml" },
      { repository: "nested", path: "overlays/dev", file: "overlays/dev/.argocd-source-web.yaml" },
    ])("gets an override file below $path", async ({ repository, path, file }) => {
      const { url } = await git.createRepository(repository, {
        branches: { main: kustomizationFiles(path, [`${registry.host}/team/web:1.0.0`]) },
      });
      const application = applicationManifest({
        name: "web",
        repositoryUrl: url,
        path,
        type: "Kustomize",
        running: [`${registry.host}/team/web:1.0.0`],
        annotations: { "image-list": `web=${registry.host}/team/web:^1` },
      });

      const { synced } = await runFlow(updater(), git, [application]);

      expect(await git.readFile(repository, "main", file)).toBe(
        `kustomize:\n  images:\n  - ${registry.host}/team/web:1.1.0\n`,
      );
      expect(await changedFiles(git, repository, "main")).toEqual([`100644 ${file}`]);
      expect(await newestCommits(git, repository, "main", 1)).toEqual([
        {
          author: "argocd-image-updater <noreply@argoproj.io>",
          committer: "argocd-image-updater <noreply@argoproj.io>",
          parents: 1,
          message:
            "build: automatic update of web\n\nupdates image team/web tag '1.0.0' to '1.1.0'\n",
        },
      ]);
      expect(synced.map(runningImages)).toEqual([[`${registry.host}/team/web:1.1.0`]]);
      await git.fsck(repository);
    });

    it("replaces the name that stands in the manifests, as kustomize.image-name says", async () => {
      const { url } = await git.createRepository("alias", {
        branches: {
          main: kustomizationFiles("deploy", ["quay.example.com/upstream/web:1.0.0", "busybox:1"]),
        },
      });
      const application = applicationManifest({
        name: "alias",
        repositoryUrl: url,
        path: "deploy",
        type: "Kustomize",
        running: ["quay.example.com/upstream/web:1.0.0", "busybox:1"],
        annotations: {
          "image-list": `web=${registry.host}/team/web`,
          "web.kustomize.image-name": "quay.example.com/upstream/web",
        },
      });

      const { synced } = await runFlow(updater(), git, [application]);

      expect(await git.readFile("alias", "main", "deploy/.argocd-source-alias.yaml")).toBe(
        `kustomize:\n  images:\n  - quay.example.com/upstream/web=${registry.host}/team/web:2.0.0\n`,
      );
      expect(synced.map(runningImages)).toEqual([[`${registry.host}/team/web:2.0.0`, "busybox:1"]]);
    });

    it("moves to the configured name even when the tag is the newest already", async () => {
      const { url } = await git.createRepository("rename", {
        branches: { main: kustomizationFiles(".", ["quay.example.com/upstream/web:2.0.0"]) },
      });
      const application = applicationManifest({
        name: "rename",
        repositoryUrl: url,
        type: "Kustomize",
        running: ["quay.example.com/upstream/web:2.0.0"],
        annotations: {
          "image-list": `web=${registry.host}/team/web`,
          "web.kustomize.image-name": "quay.example.com/upstream/web",
        },
      });

      const { synced } = await runFlow(updater(), git, [application]);

      expect(synced.map(runningImages)).toEqual([[`${registry.host}/team/web:2.0.0`]]);
    });

    it("keeps the images of the Application's spec, which the file would hide", async () => {
      const { url } = await git.createRepository("spec", {
        branches: {
          main: kustomizationFiles(".", [
            `${registry.host}/team/web:1.0.0`,
            `${registry.host}/team/job:7`,
            "busybox:1",
          ]),
        },
      });
      const application = applicationManifest({
        name: "spec",
        repositoryUrl: url,
        type: "Kustomize",
        running: [`${registry.host}/team/web:1.0.0`, `${registry.host}/team/job:7`, "busybox:2"],
        annotations: {
          "image-list": `web=${registry.host}/team/web, job=${registry.host}/team/job`,
        },
        source: { kustomize: { images: ["busybox:2", `${registry.host}/team/web:1.0.0`] } },
      });

      const { report, synced } = await runFlow(updater(), git, [application]);

      expect(report.counters.imagesUpdated).toBe(2);
      expect(await git.readFile("spec", "main", ".argocd-source-spec.yaml")).toBe(
        [
          "kustomize:",
          "  images:",
          "  - busybox:2",
          `  - ${registry.host}/team/web:2.0.0`,
          `  - ${registry.host}/team/job:8`,
          "",
        ].join("\n"),
      );
      expect(await newestCommits(git, "spec", "main", 1)).toMatchObject([
        {
          message:
            "build: automatic update of spec\n\nupdates image team/web tag '1.0.0' to '2.0.0'\nupdates image team/job tag '7' to '8'\n",
        },
      ]);
      expect(synced.map(runningImages)).toEqual([
        [`${registry.host}/team/web:2.0.0`, `${registry.host}/team/job:8`, "busybox:2"],
      ]);
    });
  });
