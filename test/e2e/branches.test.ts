import { startGitServer, type GitTestServer } from "@image-updater/writeback-git/testing";
import { startOciRegistry, type OciTestServer } from "@image-updater/registry-oci/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { pushImage } from "../skopeo.js";
import { startDockerRegistry } from "../start-docker-registry.js";
import {
  applicationManifest,
  readManifest,
  type ManifestSettings,
} from "./support/application-manifest.js";
import { runningImages } from "./support/argo-cd.js";
import { newestCommits } from "./support/commits.js";
import { composeUpdater, registriesConf } from "./support/compose-updater.js";
import { overrideFile } from "./support/override-file.js";
import { hasRealRegistry } from "./support/real-registry.js";
import { chartFiles } from "./support/render-helm.js";
import { runFlow } from "./support/run-flow.js";

type Place = Pick<ManifestSettings, "name" | "repositoryUrl"> & Partial<ManifestSettings>;

/** An application of the image `team/app` of a registry, at tag 1.0.0. */
function application({ host }: { readonly host: string }, place: Place) {
  return applicationManifest({
    running: [`${host}/team/app:1.0.0`],
    ...place,
    annotations: { "image-list": `app=${host}/team/app`, ...place.annotations },
  });
}

/** Its chart. */
function chart({ host }: { readonly host: string }, path = ".") {
  const values = `image:\n  name: ${host}/team/app\n  tag: 1.0.0\n`;
  return chartFiles(path, values, ["{{ .Values.image.name }}:{{ .Values.image.tag }}"]);
}

/** What its override file holds. */
function override({ host }: { readonly host: string }, tag: string): string {
  return overrideFile({ "image.name": `${host}/team/app`, "image.tag": tag });
}

/** How often the server was asked for something, and how often it was given something. */
function transfers({ requests }: GitTestServer): { fetches: number; pushes: number } {
  const count = (service: string): number =>
    requests.filter((request) => request.method === "POST" && request.service === service).length;
  return { fetches: count("git-upload-pack"), pushes: count("git-receive-pack") };
}

describe.skipIf(!hasRealRegistry)("three applications in one repository", () => {
  it("get three files on two branches, with one push for each branch", async () => {
    const [registry, git] = await Promise.all([startDockerRegistry(), startGitServer()]);
    try {
      const push = (tag: string): Promise<string> =>
        pushImage({ host: registry.host, repository: "team/app", tag });
      await Promise.all(["1.0.0", "1.1.0", "2.0.0"].map(push));
      const { url } = await git.createRepository("gitops", {
        branches: {
          main: { ...chart(registry, "envs/dev"), ...chart(registry, "envs/staging") },
          release: chart(registry, "envs/production"),
        },
      });
      const environment = (name: string, branch: string, constraint: string) =>
        application(registry, {
          name: `app-${name}`,
          repositoryUrl: url,
          path: `envs/${name}`,
          revision: branch,
          annotations: { "image-list": `app=${registry.host}/team/app:${constraint}` },
        });
      const manifests = [
        environment("dev", "main", ">=1"),
        environment("production", "release", "^1.0"),
        environment("staging", "main", "1.x"),
      ];
      const updater = composeUpdater({ registriesConf: registriesConf(registry) });

      const { report, synced } = await runFlow(updater, git, manifests);

      expect(report.counters).toEqual({
        applications: 3,
        imagesConsidered: 3,
        imagesSkipped: 0,
        imagesUpdated: 3,
        errors: 0,
      });
      const files = [
        ["main", "envs/dev/.argocd-source-app-dev.yaml", "2.0.0"],
        ["main", "envs/staging/.argocd-source-app-staging.yaml", "1.1.0"],
        ["release", "envs/production/.argocd-source-app-production.yaml", "1.1.0"],
      ] as const;
      for (const [branch, path, tag] of files) {
        expect(await git.readFile("gitops", branch, path)).toBe(override(registry, tag));
      }
      const messageOf = (name: string, tag: string): string =>
        `build: automatic update of app-${name}\n\nupdates image team/app tag '1.0.0' to '${tag}'\n`;
      expect(await newestCommits(git, "gitops", "main", 2)).toMatchObject([
        { message: messageOf("staging", "1.1.0") },
        { message: messageOf("dev", "2.0.0") },
      ]);
      expect(await newestCommits(git, "gitops", "release", 1)).toMatchObject([
        { message: messageOf("production", "1.1.0") },
      ]);
      expect(synced.flatMap(runningImages)).toEqual(
        ["2.0.0", "1.1.0", "1.1.0"].map((tag) => `${registry.host}/team/app:${tag}`),
      );
      await git.fsck("gitops");

      await Promise.all(["1.2.0", "2.1.0"].map(push));
      git.clearRequests();
      const third = await updater.run(synced.map((manifest) => readManifest(manifest)));
      expect(third.counters).toMatchObject({ imagesUpdated: 3, errors: 0 });
      expect(transfers(git).pushes).toBe(2);
    } finally {
      await Promise.all([registry.close(), git.close()]);
    }
  });
});

describe("the branch that is written to", () => {
  let registry: OciTestServer;
  let git: GitTestServer;

  beforeAll(async () => {
    const fixture = { "team/app": [{ tag: "1.0.0" }, { tag: "1.1.0" }] };
    [registry, git] = await Promise.all([startOciRegistry({ fixture }), startGitServer()]);
  });

  afterAll(async () => {
    await Promise.all([registry?.close(), git?.close()]);
  });

  beforeEach(() => {
    git.setFaults([]);
    git.clearRequests();
  });

  function updater() {
    return composeUpdater({ registriesConf: registriesConf(registry) });
  }

  it.each([
    { name: "revision", from: "the target revision", revision: "release", written: "release" },
    { name: "head", from: "the remote's HEAD", revision: "HEAD", written: "trunk" },
    { name: "empty", from: "HEAD without a revision", revision: "", written: "trunk" },
    {
      name: "annotation",
      from: "git-branch over the target revision",
      revision: "trunk",
      branch: "release",
      written: "release",
    },
  ])("comes from $from", async ({ name, revision, branch, written }) => {
    const { url } = await git.createRepository(name, {
      branches: { trunk: chart(registry), release: chart(registry) },
      defaultBranch: "trunk",
    });
    const annotations = branch === undefined ? {} : { "git-branch": branch };
    const manifest = application(registry, { name, repositoryUrl: url, revision, annotations });

    const report = await updater().run([readManifest(manifest)]);

    expect(report.applications).toMatchObject([{ write: { kind: "written", branch: written } }]);
    const path = `.argocd-source-${name}.yaml`;
    const other = written === "trunk" ? "release" : "trunk";
    expect(await git.readFile(name, written, path)).toBe(override(registry, "1.1.0"));
    expect(await git.readFile(name, other, path)).toBeUndefined();
  });

  it("is made from its base by a template, and only once", async () => {
    const { url } = await git.createRepository("template", { branches: { main: chart(registry) } });
    const template = "{{ range .Images }}-{{ .Name }}-{{ .NewTag }}{{ end }}";
    const manifest = application(registry, {
      name: "template",
      repositoryUrl: url,
      annotations: { "git-branch": `main:image-updater${template}` },
    });
    const branch = "image-updater-team/app-1.1.0";

    const first = await updater().run([readManifest(manifest)]);
    // Nobody has merged it, so the same image still runs.
    const second = await updater().run([readManifest(manifest)]);

    expect(first.applications).toMatchObject([{ write: { kind: "written", branch } }]);
    expect(second.applications).toMatchObject([{ write: { kind: "unchanged" } }]);
    expect(await git.readFile("template", branch, ".argocd-source-template.yaml")).toBe(
      override(registry, "1.1.0"),
    );
    expect(await git.log("template", "main")).toHaveLength(1);
    expect(await git.log("template", branch)).toHaveLength(2);
    expect(transfers(git).pushes).toBe(1);
  });

  it("gets no commit when nothing changes, though the image does not run yet", async () => {
    const { url } = await git.createRepository("same", { branches: { main: chart(registry) } });
    const manifest = application(registry, { name: "same", repositoryUrl: url });

    await updater().run([readManifest(manifest)]);
    const again = await updater().run([readManifest(manifest)]);

    expect(again.applications).toMatchObject([{ write: { kind: "unchanged" } }]);
    expect(await git.log("same", "main")).toHaveLength(2);
    expect(transfers(git).pushes).toBe(1);
  });

  it("is read again and the file rendered again when somebody else was faster", async () => {
    const { url } = await git.createRepository("race", { branches: { main: chart(registry) } });
    // Were the push forced, the server would refuse it.
    await git.git("race", ["config", "receive.denyNonFastForwards", "true"]);
    const path = ".argocd-source-race.yaml";
    const others = overrideFile({ "image.tag": "1.0.0", replicas: "3" });
    git.setFaults([
      {
        service: "git-receive-pack",
        times: 1,
        before: () => git.commit("race", "main", { [path]: others, "other.txt": "other\n" }),
      },
    ]);
    const manifest = application(registry, { name: "race", repositoryUrl: url });

    const report = await updater().run([readManifest(manifest)]);

    expect(report.counters).toMatchObject({ imagesUpdated: 1, errors: 0 });
    expect(await git.readFile("race", "main", path)).toBe(
      overrideFile({
        "image.name": `${registry.host}/team/app`,
        "image.tag": "1.1.0",
        replicas: "3",
      }),
    );
    expect(await git.readFile("race", "main", "other.txt")).toBe("other\n");
    const log = await git.log("race", "main");
    expect(log.map(({ author }) => author)).toEqual([
      "argocd-image-updater",
      "Somebody Else",
      "Somebody Else",
    ]);
    expect(transfers(git).pushes).toBe(2);
    await git.fsck("race");
  });

  it("gets no commit when somebody else was faster with the very same change", async () => {
    const { url } = await git.createRepository("beaten", { branches: { main: chart(registry) } });
    const files = { ".argocd-source-beaten.yaml": override(registry, "1.1.0") };
    const before = (): Promise<string> => git.commit("beaten", "main", files);
    git.setFaults([{ service: "git-receive-pack", times: 1, before }]);
    const manifest = application(registry, { name: "beaten", repositoryUrl: url });

    const report = await updater().run([readManifest(manifest)]);

    expect(report.applications).toMatchObject([{ write: { kind: "unchanged" } }]);
    const authors = (await git.log("beaten", "main")).map(({ author }) => author);
    expect(authors).toEqual(["Somebody Else", "Somebody Else"]);
  });

  it("gets one commit when the answer to the push is lost", async () => {
    const { url } = await git.createRepository("lost", { branches: { main: chart(registry) } });
    git.setFaults([{ service: "git-receive-pack", times: 1, dropAnswer: true }]);
    const manifest = application(registry, { name: "lost", repositoryUrl: url });

    const report = await updater().run([readManifest(manifest)]);

    expect(report.applications).toMatchObject([{ write: { kind: "written" } }]);
    expect(await git.log("lost", "main")).toHaveLength(2);
  });

  it("keeps the changes of all its applications through a lost race", async () => {
    const { url } = await git.createRepository("shared", {
      branches: { main: { ...chart(registry, "a"), ...chart(registry, "b") } },
    });
    git.setFaults([
      {
        service: "git-receive-pack",
        times: 1,
        before: () => git.commit("shared", "main", { "other.txt": "other\n" }),
      },
    ]);
    const manifests = ["a", "b"].map((name) =>
      application(registry, { name, repositoryUrl: url, path: name }),
    );

    const report = await updater().run(manifests.map((manifest) => readManifest(manifest)));

    expect(report.counters).toMatchObject({ imagesUpdated: 2, errors: 0 });
    const log = await git.log("shared", "main");
    expect(log.map(({ message }) => message.split("\n")[0])).toEqual([
      "build: automatic update of b",
      "build: automatic update of a",
      "another commit",
      "first commit",
    ]);
    expect(transfers(git).pushes).toBe(2);
  });

  it("is fetched once and pushed once for all its applications", async () => {
    const names = ["a", "b", "c", "d", "e"];
    const cycle = async (repository: string, count: number) => {
      const { url } = await git.createRepository(repository, {
        branches: { main: Object.assign({}, ...names.map((name) => chart(registry, name))) },
      });
      const manifests = names
        .slice(0, count)
        .map((name) => application(registry, { name, repositoryUrl: url, path: name }));
      git.clearRequests();
      const report = await updater().run(manifests.map((manifest) => readManifest(manifest)));
      expect(report.counters).toMatchObject({ imagesUpdated: count, errors: 0 });
      expect(await git.log(repository, "main")).toHaveLength(1 + count);
      return transfers(git);
    };

    const forOne = await cycle("one-application", 1);
    const forFive = await cycle("five-applications", 5);

    expect(forFive).toEqual({ fetches: forOne.fetches, pushes: 1 });
  });

  it("takes the changes of updaters that run at the same time", async () => {
    const names = ["a", "b", "c"];
    const { url } = await git.createRepository("busy", {
      branches: { main: Object.assign({}, ...names.map((name) => chart(registry, name))) },
    });

    const reports = await Promise.all(
      names.map((name) => {
        const manifest = application(registry, { name, repositoryUrl: url, path: name });
        return updater().run([readManifest(manifest)]);
      }),
    );

    expect(reports.map(({ counters }) => counters.errors)).toEqual([0, 0, 0]);
    for (const name of names) {
      expect(await git.readFile("busy", "main", `${name}/.argocd-source-${name}.yaml`)).toBe(
        override(registry, "1.1.0"),
      );
    }
    expect(await git.log("busy", "main")).toHaveLength(4);
    await git.fsck("busy");
  });

  it("holds a file that several applications edit, each on top of the other", async () => {
    const values = (a: string, b: string): string => `a: ${a}\n# between\nb: ${b}\n`;
    const { url } = await git.createRepository("one-file", {
      branches: { main: { "values.yaml": values("1.0.0", "1.0.0") } },
    });
    const manifests = ["a", "b", "again"].map((name) =>
      application(registry, {
        name,
        repositoryUrl: url,
        annotations: {
          "write-back-target": "helmvalues",
          "app.helm.image-tag": name === "b" ? "b" : "a",
        },
      }),
    );

    const report = await updater().run(manifests.map((manifest) => readManifest(manifest)));

    expect(report.applications.map(({ write }) => write?.kind)).toEqual([
      "written",
      "written",
      "unchanged",
    ]);
    expect(await git.readFile("one-file", "main", "values.yaml")).toBe(values("1.1.0", "1.1.0"));
    expect(transfers(git).pushes).toBe(1);
  });
});
