import { startOciRegistry, type OciTestServer } from "@image-updater/registry-oci/testing";
import { startGitServer, type GitTestServer } from "@image-updater/writeback-git/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readManifest, withAnnotations } from "./support/application-manifest.js";
import { composeUpdater, registriesConf, type UpdaterParts } from "./support/compose-updater.js";
import { countCommits } from "./support/run-flow.js";
import { stageTwoApplications } from "./support/two-applications.js";

let registry: OciTestServer;
let git: GitTestServer;

beforeAll(async () => {
  const images = ["1.0.0", "1.1.0"].map((tag) => ({ tag }));
  [registry, git] = await Promise.all([
    startOciRegistry({ fixture: { "team/good": images, "team/bad": images } }),
    startGitServer(),
  ]);
});

afterAll(async () => {
  await Promise.all([registry?.close(), git?.close()]);
});

beforeEach(() => {
  git.setFaults([]);
});

function updater(writeBack: UpdaterParts["writeBack"] = {}) {
  return composeUpdater({ registriesConf: registriesConf(registry), writeBack });
}

function stage(repository: string, annotations: Readonly<Record<string, string>> = {}) {
  const images = { good: `${registry.host}/team/good`, bad: `${registry.host}/team/bad` };
  return stageTwoApplications(git, repository, images, annotations);
}

describe("a repository that does not take the change", () => {
  it("refuses the push: the error says why, other repositories are written", async () => {
    const refused = await stage("refuses");
    const fine = await stage("takes");
    await git.installHook("refuses", "pre-receive", "echo 'main is frozen' >&2; exit 1");

    const report = await updater().run([
      readManifest(refused.mixed),
      readManifest(refused.other),
      readManifest(fine.other),
    ]);

    const error = {
      name: "WriteBackError",
      code: "rejected",
      message: expect.stringMatching(/refuses\.git.*main.*main is frozen/su),
    };
    expect(report.applications).toMatchObject([
      { write: { kind: "failed", error }, error },
      { write: { kind: "failed", error }, error },
      { write: { kind: "written", branch: "main" } },
    ]);
    expect(report.counters).toEqual({
      applications: 3,
      imagesConsidered: 4,
      imagesSkipped: 0,
      imagesUpdated: 1,
      errors: 2,
    });
    expect(await git.log("refuses", "main")).toHaveLength(1);
    expect(await git.log("takes", "main")).toHaveLength(2);
    await git.fsck("refuses");
  });

  it.each([
    { name: "gone", path: "no-such", code: "not-found" },
    { name: "closed", status: 403, code: "forbidden" },
    { name: "wants-credentials", status: 401, code: "unauthorized" },
    { name: "broken", status: 500, code: "unavailable" },
    { name: "nonsense", garbage: true, code: "invalid-response" },
    { name: "silent", hang: true, code: "timeout" },
  ])("is $name: a typed error names it", async ({ name, path, code, ...fault }) => {
    const { mixed, other } = await stage(name);
    const fine = await stage(`${name}-fine`);
    git.setFaults(path === undefined ? [{ repository: name, ...fault }] : []);
    const repoURL = `${git.url}/${path ?? name}.git`;
    const moved = { ...mixed.spec, source: { ...mixed.spec.source, repoURL } };

    // Long enough for the other repository on a busy machine.
    const limits = code === "timeout" ? { requestTimeoutMs: 10_000, deadlineMs: 1000 } : {};
    const report = await updater(limits).run([
      readManifest({ ...mixed, spec: moved }),
      readManifest(fine.other),
    ]);

    expect(report.applications).toMatchObject([
      {
        write: {
          kind: "failed",
          error: { name: "WriteBackError", code, message: expect.stringContaining(repoURL) },
        },
      },
      { write: { kind: "written" } },
    ]);
    expect(await countCommits(git, [mixed, other])).toBe(1);
  });

  it.each([
    { url: "git@git.example.com:team/repository.git", says: /SSH.*https/ },
    { url: "ssh://git@git.example.com/team/repository.git", says: /SSH.*https/ },
    { url: "file:///srv/repository.git", says: /only https/ },
    { url: "team/repository", says: /not an https/ },
  ])("is not one that can be written, $url: it says what would be right", async (given) => {
    const name = `unsupported-${given.url.replaceAll(/\W+/gu, "-")}`;
    const { mixed, other } = await stage(name);
    const source = { ...mixed.spec.source, repoURL: given.url };

    const report = await updater().run([
      readManifest({ ...mixed, spec: { ...mixed.spec, source } }),
      readManifest(other),
    ]);

    const message = expect.stringMatching(given.says);
    expect(report.applications).toMatchObject([
      { error: { name: "WriteBackError", code: "unsupported", message } },
      { write: { kind: "written" } },
    ]);
  });

  it("is not meant at all, and nothing writes to the Application: no target is found", async () => {
    const { mixed, other } = await stage("argocd", { "write-back-method": "argocd" });

    const report = await updater().run([readManifest(mixed), readManifest(other)]);

    const message = expect.stringContaining('"argocd"');
    expect(report.applications).toMatchObject([
      { error: { name: "WriteBackError", code: "no-target", message } },
      { write: { kind: "written" } },
    ]);
  });

  it("has no kustomization where one should be: the names that were tried are told", async () => {
    const { mixed, other } = await stage("no-file", { "write-back-target": "kustomization:/env" });

    const report = await updater().run([readManifest(mixed), readManifest(other)]);

    const message = expect.stringContaining("env/kustomization.yml");
    expect(report.applications).toMatchObject([
      { error: { name: "EditError", code: "file-not-found", message } },
      { write: { kind: "written" } },
    ]);
    expect(await git.log("no-file", "main")).toHaveLength(2);
  });

  it("lacks the branch: its application fails, the other of the repository is written", async () => {
    const { mixed, other } = await stage("branch");
    const lost = withAnnotations(mixed, { "git-branch": "relaese" });

    const report = await updater().run([readManifest(lost), readManifest(other)]);

    expect(report.applications).toMatchObject([
      {
        write: {
          kind: "failed",
          error: { code: "branch-not-found", message: expect.stringContaining("relaese") },
        },
      },
      { write: { kind: "written" } },
    ]);
    expect(await git.log("branch", "main")).toHaveLength(2);
  });

  it("holds a file that cannot be edited: only that application fails", async () => {
    const { mixed, other } = await stage("uneditable", {
      "write-back-target": "helmvalues:list.yaml",
    });
    await git.commit("uneditable", "main", { "mixed/list.yaml": "- not\n- a mapping\n" });

    const report = await updater().run([readManifest(mixed), readManifest(other)]);

    expect(report.applications).toMatchObject([
      {
        write: {
          kind: "failed",
          error: { name: "EditError", message: expect.stringContaining("mixed/list.yaml") },
        },
      },
      { write: { kind: "written" } },
    ]);
    expect(await git.readFile("uneditable", "main", "mixed/list.yaml")).toBe(
      "- not\n- a mapping\n",
    );
    expect(await git.log("uneditable", "main")).toHaveLength(3);
  });

  it.each(["helmvalues:../../../../etc/passwd", "helmvalues:/.git/config"])(
    "is left by a target such as %s: refused",
    async (target) => {
      const repository = target.includes("passwd") ? "outside" : "inside";
      const { mixed, other } = await stage(repository, {
        "write-back-target": target,
      });

      const report = await updater().run([readManifest(mixed), readManifest(other)]);

      expect(report.applications).toMatchObject([
        { error: { name: "EditError" } },
        { write: { kind: "written" } },
      ]);
      expect(await git.log(repository, "main")).toHaveLength(2);
    },
  );
});
