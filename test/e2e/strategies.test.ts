import { readApplication } from "@image-updater/core";
import { startGitServer, type GitTestServer } from "@image-updater/writeback-git/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pushImage, type PushedImage } from "../skopeo.js";
import { startDockerRegistry, type DockerRegistry } from "../start-docker-registry.js";
import { annotationKey, applicationManifest } from "./support/application-manifest.js";
import { runningImages } from "./support/argo-cd.js";
import { newestCommits } from "./support/commits.js";
import { composeUpdater, registriesConf, type UpdaterParts } from "./support/compose-updater.js";
import { hasRealRegistry } from "./support/real-registry.js";
import { chartFiles } from "./support/render-helm.js";
import { kustomizationFiles } from "./support/render-kustomize.js";
import { runFlow } from "./support/run-flow.js";

describe
  .skipIf(!hasRealRegistry)
  .concurrent("update strategies, with docker-registry and git", () => {
    let registry: DockerRegistry;
    let git: GitTestServer;

    beforeAll(async () => {
      [registry, git] = await Promise.all([startDockerRegistry(), startGitServer()]);
      const tags = ["a-0", "a-1", "a-9", "b-2", "1.0.0", "1.2.3", "1.2.4-rc.1", "0.9.0", "2.0.0"];
      await Promise.all(tags.map((tag) => push("names/app", tag)));
    });

    afterAll(async () => {
      await Promise.all([registry?.close(), git?.close()]);
    });

    function push(
      repository: string,
      tag: string,
      image: Partial<PushedImage> = {},
    ): Promise<string> {
      return pushImage({ host: registry.host, repository, tag, ...image });
    }

    function updater(settings: UpdaterParts["settings"] = {}) {
      return composeUpdater({ registriesConf: registriesConf(registry), settings });
    }

    /** An application of one image whose tag is the value `tag`. */
    async function oneImage(
      name: string,
      running: string,
      annotations: Readonly<Record<string, string>>,
      repository = `${name}/app`,
    ) {
      const image = `${registry.host}/${repository}`;
      const { url } = await git.createRepository(name, {
        branches: { main: chartFiles(".", `tag: ${running}\n`, [`${image}:{{ .Values.tag }}`]) },
      });
      return applicationManifest({
        name,
        repositoryUrl: url,
        running: [`${image}:${running}`],
        annotations: { "image-list": `app=${image}`, "app.helm.image-tag": "tag", ...annotations },
      });
    }

    it("reads build dates for `latest` over two images, each with its own parameters", async () => {
      const date = (day: number): string => `2024-05-0${day}T12:00:00Z`;
      await Promise.all([
        // Neither the names nor the order of pushes tell which is newest.
        push("latest/web", "zebra", { created: date(1) }),
        push("latest/web", "apple", { created: date(3), content: "newest" }),
        push("latest/web", "mango", { created: date(2) }),
        push("latest/api", "2.0.0", { created: date(4) }),
        push("latest/api", "1.9.9-hotfix", { created: "2024-05-04T12:00:00.5Z" }),
        push("latest/api", "undated"),
      ]);
      const [web, api] = [`${registry.host}/latest/web`, `${registry.host}/latest/api`];
      const { url } = await git.createRepository("latest", {
        branches: {
          main: chartFiles(
            "charts/app",
            `web:\n  image: { name: ${web}, tag: zebra }\napi:\n  image: { name: ${api}, tag: 2.0.0 }\n`,
            [
              "{{ .Values.web.image.name }}:{{ .Values.web.image.tag }}",
              "{{ .Values.api.image.name }}:{{ .Values.api.image.tag }}",
            ],
          ),
        },
      });
      const application = applicationManifest({
        name: "latest",
        repositoryUrl: url,
        path: "charts/app",
        running: [`${web}:zebra`, `${api}:2.0.0`],
        annotations: {
          "image-list": `web=${web}, api=${api}`,
          "update-strategy": "latest",
          "web.helm.image-name": "web.image.name",
          "web.helm.image-tag": "web.image.tag",
          "api.helm.image-name": "api.image.name",
          "api.helm.image-tag": "api.image.tag",
        },
      });

      const { plan, synced } = await runFlow(updater(), git, [application]);

      const tags = plan.applications[0]?.images.map(({ decision }) => decision.tags);
      expect(tags?.[1]).toContainEqual({ tag: "undated", reason: { code: "no-date" } });
      expect(await git.readFile("latest", "main", "charts/app/.argocd-source-latest.yaml")).toBe(
        [
          "helm:",
          "  parameters:",
          "  - name: api.image.name",
          `    value: ${api}`,
          "    forcestring: true",
          "  - name: api.image.tag",
          "    value: 1.9.9-hotfix",
          "    forcestring: true",
          "  - name: web.image.name",
          `    value: ${web}`,
          "    forcestring: true",
          "  - name: web.image.tag",
          "    value: apple",
          "    forcestring: true",
          "",
        ].join("\n"),
      );
      expect(await newestCommits(git, "latest", "main", 1)).toMatchObject([
        {
          message:
            "build: automatic update of latest\n\nupdates image latest/web tag 'zebra' to 'apple'\nupdates image latest/api tag '2.0.0' to '1.9.9-hotfix'\n",
        },
      ]);
      expect(synced.map(runningImages)).toEqual([[`${web}:apple`, `${api}:1.9.9-hotfix`]]);
    });

    it("takes the newest build for the wanted platform, with its labels in the message", async () => {
      const labels = { commit: "abc123" };
      const platforms = ["linux/arm64/v8", "linux/amd64"];
      await Promise.all([
        push("platform/app", "a", { created: "2024-01-01T00:00:00Z" }),
        push("platform/app", "b", { created: "2024-02-02T00:00:00Z", labels, platforms }),
        push("platform/app", "c", { created: "2024-03-03T00:00:00Z", platforms: ["linux/arm64"] }),
      ]);
      const annotations = { "app.update-strategy": "newest-build", "app.platforms": "linux/amd64" };
      const template =
        "{{ range .AppChanges }}{{ .Image }} {{ .NewTag }} of {{ .Labels.commit }}{{ end }}\n";

      const { plan } = await runFlow(updater({ commit: { template } }), git, [
        await oneImage("platform", "a", annotations),
      ]);

      expect(plan.applications[0]?.images[0]?.decision.tags).toContainEqual({
        tag: "c",
        reason: { code: "no-platform", wanted: ["linux/amd64"], available: ["linux/arm64"] },
      });
      expect(await newestCommits(git, "platform", "main", 1)).toMatchObject([
        { message: "platform/app b of abc123\n" },
      ]);
    });

    it("follows a tag by its digest, again after each push", async () => {
      const image = `${registry.host}/digest/app`;
      const first = await push("digest/app", "stable", { content: "first" });
      const application = await oneImage("digest", "stable", {
        "image-list": `app=${image}:stable`,
        "app.update-strategy": "digest",
      });
      const fileWith = (digest: string): string =>
        [
          "helm:",
          "  parameters:",
          "  - name: image.name",
          `    value: ${image}`,
          "    forcestring: true",
          "  - name: tag",
          `    value: stable@${digest}`,
          "    forcestring: true",
          "",
        ].join("\n");
      const messageOf = (from: string, to: string): string =>
        `build: automatic update of digest\n\nupdates image digest/app tag '${from}' to '${to}'\n`;

      const once = await runFlow(updater(), git, [application]);

      expect(await git.readFile("digest", "main", ".argocd-source-digest.yaml")).toBe(
        fileWith(first),
      );
      expect(once.synced.map(runningImages)).toEqual([[`${image}:stable@${first}`]]);

      const second = await push("digest/app", "stable", { content: "second" });
      expect(second).not.toBe(first);
      const twice = await runFlow(updater(), git, once.synced);

      expect(twice.report.counters.imagesUpdated).toBe(1);
      expect(await git.readFile("digest", "main", ".argocd-source-digest.yaml")).toBe(
        fileWith(second),
      );
      expect(await newestCommits(git, "digest", "main", 2)).toMatchObject([
        { message: messageOf(first, second) },
        { message: messageOf("stable", first) },
      ]);
    });

    it("follows a tag by its digest in a Kustomize application", async () => {
      const image = `${registry.host}/digest/kustomized`;
      const platforms = ["linux/amd64", "linux/arm64"];
      const old = await push("digest/kustomized", "stable", { content: "first", platforms });
      // Of an index: the digest that skopeo pushed is the one to write.
      const digest = await push("digest/kustomized", "stable", { content: "second", platforms });
      const { url } = await git.createRepository("kustomized", {
        branches: { main: kustomizationFiles("app", [`${image}:stable@${old}`]) },
      });
      const application = applicationManifest({
        name: "kustomized",
        repositoryUrl: url,
        path: "app",
        type: "Kustomize",
        running: [`${image}:stable@${old}`],
        annotations: { "image-list": `app=${image}:stable`, "app.update-strategy": "digest" },
      });

      const { synced } = await runFlow(updater(), git, [application]);

      expect(await git.readFile("kustomized", "main", "app/.argocd-source-kustomized.yaml")).toBe(
        `kustomize:\n  images:\n  - ${image}:stable@${digest}\n`,
      );
      expect(synced.map(runningImages)).toEqual([[`${image}:stable@${digest}`]]);
    });

    it.each([
      {
        name: "alphabetical",
        annotations: { "app.update-strategy": "alphabetical" },
        wanted: "b-2",
      },
      {
        name: "name",
        annotations: { "app.update-strategy": "name", "app.ignore-tags": "b-*, nightly" },
        wanted: "a-9",
      },
      {
        name: "allow-tags",
        annotations: { "update-strategy": "alphabetical", "allow-tags": "regexp:^a-[0-8]$" },
        wanted: "a-1",
      },
      { name: "prerelease", constraint: "~1.2-0", wanted: "1.2.4-rc.1", annotations: {} },
      { name: "semver", constraint: "1.x", wanted: "1.2.3", annotations: {} },
      { name: "downgrade", constraint: "<1.0.0", wanted: "0.9.0", annotations: {} },
    ])("chooses $wanted by $name", async ({ name, annotations, constraint, wanted }) => {
      const image = `${registry.host}/names/app`;
      const list = constraint === undefined ? image : `${image}:${constraint}`;
      const settings = { "image-list": `app=${list}`, ...annotations };
      const application = await oneImage(name, "a-0", settings, "names/app");

      const { synced } = await runFlow(updater(), git, [application]);

      expect(synced.map(runningImages)).toEqual([[`${image}:${wanted}`]]);
    });

    it("says that `latest` is the old name of newest-build", async () => {
      await push("old-name/app", "a", { created: "2024-01-01T00:00:00Z" });
      const application = await oneImage("old-name", "a", { "app.update-strategy": "latest" });
      const { value, diagnostics } = readApplication(application);
      if (value === undefined) throw new Error("the application is not read");

      expect(diagnostics).toMatchObject([
        {
          severity: "warning",
          code: "deprecated-value",
          where: { annotation: annotationKey("app.update-strategy") },
          message: expect.stringContaining("newest-build"),
        },
      ]);
      const report = await updater().run([value]);
      expect(report.applications[0]?.images[0]).toMatchObject({
        strategy: "newest-build",
        outcome: "up-to-date",
      });
    });
  });
