import { startGitServer, type GitTestServer } from "@image-updater/writeback-git/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pushImage } from "../skopeo.js";
import { startDockerRegistry, type DockerRegistry } from "../start-docker-registry.js";
import {
  applicationManifest,
  readManifest,
  withAnnotations,
  type ApplicationManifest,
  type ManifestSettings,
} from "./support/application-manifest.js";
import { runningImages } from "./support/argo-cd.js";
import { changedFiles, newestCommits } from "./support/commits.js";
import { composeUpdater, registriesConf } from "./support/compose-updater.js";
import { overrideFile } from "./support/override-file.js";
import { hasRealRegistry } from "./support/real-registry.js";
import { chartFiles } from "./support/render-helm.js";
import { runFlow } from "./support/run-flow.js";

const ECHO_SERVER = "{{ .Values.image.repository }}:{{ .Values.image.tag }}";

describe
  .skipIf(!hasRealRegistry)
  .concurrent("a Helm application, with docker-registry and git", () => {
    let registry: DockerRegistry;
    let git: GitTestServer;

    beforeAll(async () => {
      [registry, git] = await Promise.all([startDockerRegistry(), startGitServer()]);
      const push = (repository: string, ...tags: readonly string[]): Promise<unknown> =>
        Promise.all(tags.map((tag) => pushImage({ host: registry.host, repository, tag })));
      await Promise.all([
        push("cidemo/echo-server", "v1.0", "v2.1", "latest"),
        push("cidemo/numeric", "1.9", "1.20"),
        push("cidemo/still", "1.0.0"),
        push("library/nginx", "1.27.0", "1.27.1", "1.27.1-alpine"),
      ]);
    });

    afterAll(async () => {
      await Promise.all([registry?.close(), git?.close()]);
    });

    function values(image: string, tag: string): string {
      return `image:\n  repository: ${registry.host}/${image}\n  tag: "${tag}"\n`;
    }

    function updater() {
      return composeUpdater({ registriesConf: registriesConf(registry) });
    }

    function manifest(
      settings: Partial<ManifestSettings> & Pick<ManifestSettings, "name" | "repositoryUrl">,
    ) {
      return applicationManifest({
        running: [`${registry.host}/cidemo/echo-server:v1.0`],
        annotations: {
          "image-list": `echo=${registry.host}/cidemo/echo-server`,
          "echo.helm.image-name": "image.repository",
          "echo.helm.image-tag": "image.tag",
          "echo.allow-tags": "regexp:^v",
        },
        ...settings,
      });
    }

    it.each([
      { repository: "root", path: ".", file: ".argocd-source-echo.yaml" },
      {
        repository: "nested",
        path: "apps/dev/echo",
        file: "apps/dev/echo/.argocd-source-echo.yaml",
      },
      { repository: "dotted", path: "./apps/", file: "apps/.argocd-source-echo.yaml" },
    ])(
      "goes from a new tag to an override file below $path",
      async ({ repository, path, file }) => {
        const chart = chartFiles(path, values("cidemo/echo-server", "v1.0"), [ECHO_SERVER]);
        const { url } = await git.createRepository(repository, {
          branches: { main: { ...chart, "README.md": "not to be touched\n" } },
        });

        const { synced } = await runFlow(updater(), git, [
          manifest({ name: "echo", repositoryUrl: url, path }),
        ]);

        expect(await git.readFile(repository, "main", file)).toBe(
          [
            "helm:",
            "  parameters:",
            "  - name: image.repository",
            `    value: ${registry.host}/cidemo/echo-server`,
            "    forcestring: true",
            "  - name: image.tag",
            "    value: v2.1",
            "    forcestring: true",
            "",
          ].join("\n"),
        );
        expect(await changedFiles(git, repository, "main")).toEqual([`100644 ${file}`]);
        const person = "argocd-image-updater <noreply@argoproj.io>";
        expect(await newestCommits(git, repository, "main", 1)).toEqual([
          {
            author: person,
            committer: person,
            parents: 1,
            message:
              "build: automatic update of echo\n\nupdates image cidemo/echo-server tag 'v1.0' to 'v2.1'\n",
          },
        ]);
        expect(synced.map(runningImages)).toEqual([[`${registry.host}/cidemo/echo-server:v2.1`]]);
        await git.fsck(repository);
      },
    );

    it("writes the bytes of Argo CD Image Updater for a registry of registries.conf", async () => {
      const name = "registry.example.com/cidemo/echo-server";
      const { url } = await git.createRepository("example", {
        branches: {
          main: chartFiles(
            "manifests/helm",
            `image:\n  echoServer:\n    repository: ${name}\n    tag: v1.0\n`,
            ["{{ .Values.image.echoServer.repository }}:{{ .Values.image.echoServer.tag }}"],
          ),
        },
      });
      const application = applicationManifest({
        name: "echo-server",
        repositoryUrl: url,
        path: "manifests/helm",
        running: [`${name}:v1.0`],
        annotations: {
          "image-list": `echoserver=${name}`,
          "echoserver.helm.image-name": "image.echoServer.repository",
          "echoserver.helm.image-tag": "image.echoServer.tag",
          "echoserver.update-strategy": "semver",
          "echoserver.allow-tags": "regexp:^v[1-9].*",
        },
      });
      const conf = registriesConf({ prefix: "registry.example.com", url: registry.url });

      const { synced } = await runFlow(composeUpdater({ registriesConf: conf }), git, [
        application,
      ]);

      expect(
        await git.readFile("example", "main", "manifests/helm/.argocd-source-echo-server.yaml"),
      ).toBe(`helm:
  parameters:
  - name: image.echoServer.repository
    value: registry.example.com/cidemo/echo-server
    forcestring: true
  - name: image.echoServer.tag
    value: v2.1
    forcestring: true
`);
      expect(await newestCommits(git, "example", "main", 1)).toMatchObject([
        {
          author: "argocd-image-updater <noreply@argoproj.io>",
          message: `build: automatic update of echo-server

updates image cidemo/echo-server tag 'v1.0' to 'v2.1'
`,
        },
      ]);
      expect(synced.map(runningImages)).toEqual([[`${name}:v2.1`]]);
    });

    it("reads an image without a registry from the default one, and writes it without", async () => {
      const { url } = await git.createRepository("hub", {
        branches: {
          main: chartFiles(".", "image: { name: nginx, tag: 1.27.0 }\n", [
            "{{ .Values.image.name }}:{{ .Values.image.tag }}",
          ]),
        },
      });
      const application = applicationManifest({
        name: "hub",
        repositoryUrl: url,
        running: ["nginx:1.27.0"],
        annotations: { "image-list": "nginx:~1.27" },
      });
      const conf = `${registriesConf({ prefix: "docker.io", url: registry.url })}  default: true\n`;

      await runFlow(composeUpdater({ registriesConf: conf }), git, [application]);

      expect(await git.readFile("hub", "main", ".argocd-source-hub.yaml")).toBe(
        overrideFile({ "image.name": "nginx", "image.tag": "1.27.1" }),
      );
    });

    it("updates an image that is not live when told to, with one commit", async () => {
      const image = `${registry.host}/cidemo/echo-server`;
      const { url } = await git.createRepository("forced", {
        branches: { main: chartFiles(".", values("cidemo/echo-server", "v1.0"), [ECHO_SERVER]) },
      });
      const application = manifest({
        name: "forced",
        repositoryUrl: url,
        running: ["busybox:1"],
        annotations: { "image-list": `echo=${image}`, "echo.force-update": "true" },
      });

      const first = await updater().run([readManifest(application)]);
      const second = await updater().run([readManifest(application)]);

      expect(first.applications).toMatchObject([{ write: { kind: "written" } }]);
      expect(second.applications).toMatchObject([{ write: { kind: "unchanged" } }]);
      expect(await git.readFile("forced", "main", ".argocd-source-forced.yaml")).toBe(
        overrideFile({ "image.name": image, "image.tag": "v2.1" }),
      );
      expect(await git.log("forced", "main")).toHaveLength(2);
    });

    it("writes the whole reference where helm.image-spec names one value", async () => {
      const { url } = await git.createRepository("spec", {
        branches: {
          main: chartFiles(".", `image: ${registry.host}/cidemo/echo-server:v1.0\n`, [
            "{{ .Values.image }}",
          ]),
        },
      });
      const application = manifest({
        name: "spec",
        repositoryUrl: url,
        annotations: {
          "image-list": `echo=${registry.host}/cidemo/echo-server:>=1`,
          "echo.helm.image-spec": "image",
        },
      });

      await runFlow(updater(), git, [application]);

      expect(await git.readFile("spec", "main", ".argocd-source-spec.yaml")).toBe(
        [
          "helm:",
          "  parameters:",
          "  - name: image",
          `    value: ${registry.host}/cidemo/echo-server:v2.1`,
          "    forcestring: true",
          "",
        ].join("\n"),
      );
    });

    it("keeps a tag a string, names the namespace, and lists images that stay", async () => {
      const { url } = await git.createRepository("numeric", {
        branches: {
          main: chartFiles(
            ".",
            `a: { name: ${registry.host}/cidemo/numeric, tag: "1.9" }\nb: { name: ${registry.host}/cidemo/still, tag: 1.0.0 }\n`,
            [
              "{{ .Values.a.name }}:{{ .Values.a.tag }}",
              "{{ .Values.b.name }}:{{ .Values.b.tag }}",
            ],
          ),
        },
      });
      const application = manifest({
        name: "numeric",
        namespace: "team-a",
        repositoryUrl: url,
        running: [`${registry.host}/cidemo/numeric:1.9`, `${registry.host}/cidemo/still:1.0.0`],
        annotations: {
          "image-list": `a=${registry.host}/cidemo/numeric:1.x, b=${registry.host}/cidemo/still`,
          "a.helm.image-name": "a.name",
          "a.helm.image-tag": "a.tag",
          "b.helm.image-name": "b.name",
          "b.helm.image-tag": "b.tag",
        },
      });

      const { report } = await runFlow(updater(), git, [application]);

      expect(report.counters).toMatchObject({ imagesConsidered: 2, imagesUpdated: 1 });
      expect(await git.readFile("numeric", "main", ".argocd-source-team-a_numeric.yaml")).toBe(
        [
          "helm:",
          "  parameters:",
          "  - name: a.name",
          `    value: ${registry.host}/cidemo/numeric`,
          "    forcestring: true",
          "  - name: a.tag",
          '    value: "1.20"',
          "    forcestring: true",
          "  - name: b.name",
          `    value: ${registry.host}/cidemo/still`,
          "    forcestring: true",
          "  - name: b.tag",
          "    value: 1.0.0",
          "    forcestring: true",
          "",
        ].join("\n"),
      );
      expect(await newestCommits(git, "numeric", "main", 1)).toMatchObject([
        {
          message:
            "build: automatic update of numeric\n\nupdates image cidemo/numeric tag '1.9' to '1.20'\n",
        },
      ]);
    });

    it("merges into an override file that is there", async () => {
      const { url } = await git.createRepository("merge", {
        branches: {
          main: {
            ...chartFiles(".", values("cidemo/echo-server", "v0.9"), [ECHO_SERVER]),
            ".argocd-source-merge.yaml": [
              "# written by hand, and by argocd-image-updater",
              "---",
              "helm:",
              "  parameters:",
              "  - name: replicas",
              '    value: "3"',
              "    forcestring: false",
              "  - name: image.tag",
              "    value: v1.0",
              "    forcestring: true",
              "",
            ].join("\n"),
          },
        },
      });

      await runFlow(updater(), git, [manifest({ name: "merge", repositoryUrl: url })]);

      expect(await git.readFile("merge", "main", ".argocd-source-merge.yaml")).toBe(
        [
          "# written by hand, and by argocd-image-updater",
          "---",
          "helm:",
          "  parameters:",
          "  - name: image.repository",
          `    value: ${registry.host}/cidemo/echo-server`,
          "    forcestring: true",
          "  - name: image.tag",
          "    value: v2.1",
          "    forcestring: true",
          "  - name: replicas",
          '    value: "3"',
          "    forcestring: false",
          "",
        ].join("\n"),
      );
    });

    describe("other parameters of the Application, which a new override file hides", () => {
      const source = { helm: { parameters: [{ name: "replicas", value: "3" }] } };
      const start = async (name: string, choice?: string): Promise<ApplicationManifest> => {
        const { url } = await git.createRepository(name, {
          branches: { main: chartFiles(".", values("cidemo/echo-server", "v1.0"), [ECHO_SERVER]) },
        });
        const annotations =
          choice === undefined ? {} : { "image-updater.dev/other-parameters": choice };
        return withAnnotations(manifest({ name, repositoryUrl: url, source }), annotations);
      };

      it("are not taken out of production: nothing is written", async () => {
        const application = await start("hides");
        const report = await updater().run([readManifest(application)]);
        expect(report.counters).toMatchObject({ imagesUpdated: 0, errors: 1 });
        expect(report.applications[0]?.error).toMatchObject({ code: "drops-parameters" });
        expect(report.applications[0]?.error?.message).toContain("replicas would vanish");
        expect(await git.log("hides", "main")).toHaveLength(1);
      });

      it("are carried into the file", async () => {
        await runFlow(updater(), git, [await start("carries", "carry")]);
        const file = await git.readFile("carries", "main", ".argocd-source-carries.yaml");
        expect(file).toContain('- name: replicas\n    value: "3"\n');
      });

      it("are dropped", async () => {
        const { plan } = await runFlow(updater(), git, [await start("drops", "drop")]);
        const file = await git.readFile("drops", "main", ".argocd-source-drops.yaml");
        expect(file).not.toContain("replicas");
        expect(plan.applications[0]?.diagnostics).toMatchObject([
          {
            severity: "info",
            code: "override-hides-parameters",
            where: { file: ".argocd-source-drops.yaml", application: "argocd/drops" },
          },
        ]);
      });
    });
  });
