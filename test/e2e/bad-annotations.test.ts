import { readApplication, type Application, type Diagnostic } from "@image-updater/core";
import { startOciRegistry, type OciTestServer } from "@image-updater/registry-oci/testing";
import { startGitServer, type GitTestServer } from "@image-updater/writeback-git/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  annotationKey,
  readManifest,
  withAnnotations,
  type ApplicationManifest,
} from "./support/application-manifest.js";
import { composeUpdater, registriesConf } from "./support/compose-updater.js";
import {
  expectOnlyGoodImages,
  outcomesOf,
  stageTwoApplications,
  type StagedImages,
} from "./support/two-applications.js";

let registry: OciTestServer;
let git: GitTestServer;

beforeAll(async () => {
  const tags = ["1.0.0", "1.1.0"].map((tag) => ({ tag }));
  [registry, git] = await Promise.all([
    startOciRegistry({ fixture: { "team/good": tags, "team/bad": tags } }),
    startGitServer(),
  ]);
});

afterAll(async () => {
  await Promise.all([registry?.close(), git?.close()]);
});

function updater() {
  return composeUpdater({ registriesConf: registriesConf(registry) });
}

function images(): StagedImages {
  return { good: `${registry.host}/team/good`, bad: `${registry.host}/team/bad` };
}

function stage(repository: string, annotations: Readonly<Record<string, string>> = {}) {
  return stageTwoApplications(git, repository, images(), annotations);
}

/** An Application of which a part is wrong, and what is said about it. */
function readWrong(manifest: ApplicationManifest): {
  readonly value: Application;
  readonly diagnostics: readonly Diagnostic[];
} {
  const { value, diagnostics } = readApplication(manifest);
  if (value === undefined) throw new Error("the application is not read at all");
  return { value, diagnostics };
}

describe.concurrent("an annotation that is wrong", () => {
  it.each([
    {
      name: "an entry of image-list",
      repository: "empty-entry",
      annotations: ({ good, bad: unused }: StagedImages) => ({
        "image-list": `bad=, good=${good}, unused=${unused}`,
      }),
      key: "image-list",
      code: "invalid-image-list",
      expected: ["good: update", "unused: update", "bad=: error"],
    },
    {
      name: "force-update",
      repository: "force-update",
      annotations: () => ({ "bad.force-update": "perhaps" }),
      key: "bad.force-update",
      code: "invalid-boolean",
      expected: ["good: update", "bad: error"],
    },
    {
      name: "two kinds of targets",
      repository: "targets",
      annotations: () => ({ "bad.kustomize.image-name": "web" }),
      key: "bad.kustomize.image-name",
      code: "conflicting-targets",
      expected: ["good: update", "bad: error"],
    },
  ])("$name costs that image only", async ({ repository, annotations, key, code, expected }) => {
    const { mixed, other } = await stage(repository);
    const wrong = withAnnotations(mixed, annotations(images()));
    const { value, diagnostics } = readWrong(wrong);

    expect(diagnostics).toContainEqual(
      expect.objectContaining({
        severity: "error",
        code,
        where: expect.objectContaining({ annotation: annotationKey(key) }),
      }),
    );
    const report = await updater().run([value, readManifest(other)]);

    expect(outcomesOf(report)).toEqual([
      ["mixed", ...expected],
      ["other", "good: update"],
    ]);
    expect(report.counters.errors).toBe(1);
  });

  it.each([
    { annotation: "write-back-method", text: "svn", code: "invalid-write-back-method" },
    { annotation: "git-branch", text: "a:b:c", code: "invalid-git-branch" },
    {
      annotation: "write-back-target",
      text: "app/kustomization.yaml",
      code: "invalid-write-back-target",
    },
    {
      annotation: "write-back-method",
      text: "git:secret:elsewhere/creds",
      code: "foreign-secret-namespace",
      says: "elsewhere",
    },
  ])("$annotation: $text writes nothing for its application", async (wrong) => {
    const repository = wrong.code;
    const { mixed, other } = await stage(repository);
    const { value, diagnostics } = readWrong(
      withAnnotations(mixed, { [wrong.annotation]: wrong.text }),
    );

    expect(diagnostics).toContainEqual(
      expect.objectContaining({
        severity: "error",
        code: wrong.code,
        where: expect.objectContaining({ annotation: annotationKey(wrong.annotation) }),
        message: expect.stringContaining(wrong.says ?? wrong.text),
      }),
    );
    const report = await updater().run([value, readManifest(other)]);

    expect(report.applications[0]?.error).toBeDefined();
    expect(report.applications[1]?.write).toMatchObject({ kind: "written" });
    expect(report.counters).toMatchObject({ imagesUpdated: 1, errors: 1 });
    const path = "mixed/.argocd-source-mixed.yaml";
    expect(await git.readFile(repository, "main", path)).toBeUndefined();
    expect(await git.log(repository, "main")).toHaveLength(2);
  });

  it.each([
    { name: "colon", template: "up:to-{{ .Nope }}", code: "invalid-git-branch" },
    { name: "unknown-field", template: "update-{{ .Nope }}" },
    { name: "bad-name", template: "update..{{ .SHA256 }}" },
    { name: "unclosed", template: "update-{{ .SHA256" },
  ])("is a branch template that gives no branch: $name", async ({ name, template, code }) => {
    const { mixed, other } = await stage(`template-${name}`, { "git-branch": `main:${template}` });
    const { value, diagnostics } = readWrong(mixed);
    expect(diagnostics.map((found) => found.code)).toEqual(code === undefined ? [] : [code]);

    const report = await updater().run([value, readManifest(other)]);

    expect(report.applications).toMatchObject([
      {
        error: { message: expect.stringMatching(code === undefined ? /git-branch/ : /write-back/) },
      },
      { write: { kind: "written" } },
    ]);
    const branches = await git.git(`template-${name}`, ["branch", "--list"]);
    expect(branches.toString("utf8").trim()).toBe("* main");
    expect(await git.log(`template-${name}`, "main")).toHaveLength(2);
  });

  it("is an image-list without images: there is nothing to update, and it says so", async () => {
    const { mixed } = await stage("no-images", { "image-list": " , " });

    expect(readApplication(mixed)).toMatchObject({
      value: undefined,
      diagnostics: [
        {
          severity: "error",
          code: "invalid-image-list",
          where: { annotation: annotationKey("image-list"), application: "argocd/mixed" },
        },
      ],
    });
  });

  it("is not a manifest at all: the field is named", () => {
    expect(readApplication({ metadata: {}, spec: {} })).toMatchObject({
      value: undefined,
      diagnostics: [{ severity: "error", where: { field: "metadata.name" } }],
    });
  });

  it("names an unknown strategy: semver with a warning, or the image's error if strict", async () => {
    const { mixed, other } = await stage("strategy", {
      "bad.update-strategy": "newest",
    });
    const where = { annotation: annotationKey("bad.update-strategy"), image: "bad" };
    const message = expect.stringMatching(/"newest".*semver, newest-build, alphabetical, digest/u);

    const lenient = readApplication(mixed);
    expect(lenient.diagnostics).toMatchObject([
      { severity: "warning", code: "unknown-strategy", where, message },
    ]);
    const strict = readApplication(mixed, { strict: true });
    expect(strict.diagnostics).toMatchObject([
      { severity: "error", code: "unknown-strategy", where, message },
    ]);
    if (lenient.value === undefined || strict.value === undefined) throw new Error("not read");

    const plan = await updater().plan([lenient.value]);
    expect(plan.applications[0]?.images).toMatchObject([
      { alias: "bad", strategy: "semver", decision: { outcome: "update" } },
      { alias: "good", decision: { outcome: "update" } },
    ]);
    const report = await updater().run([strict.value, readManifest(other)]);
    expect(outcomesOf(report)).toEqual([
      ["mixed", "good: update", "bad: error"],
      ["other", "good: update"],
    ]);
    await expectOnlyGoodImages(git, "strategy", images());
  });

  it.each([
    { name: "broken", pattern: "regexp:^v(1", says: /\^v\(1/ },
    { name: "look-ahead", pattern: "regexp:^1(?!2)", says: /\(\?!/ },
    { name: "function", pattern: "glob:1.*", says: /regexp:/ },
  ])("is a $name expression: no tag is allowed, and it says why", async (given) => {
    const repository = `expression-${given.name}`;
    const { mixed, other } = await stage(repository, {
      "bad.allow-tags": given.pattern,
    });
    const { value, diagnostics } = readWrong(mixed);

    expect(diagnostics).toMatchObject([
      {
        severity: "error",
        code: "invalid-tag-pattern",
        where: { annotation: annotationKey("bad.allow-tags"), image: "bad" },
        message: expect.stringMatching(given.says),
      },
    ]);
    const report = await updater().run([value, readManifest(other)]);

    expect(outcomesOf(report)).toEqual([
      ["mixed", "bad: no-candidate", "good: update"],
      ["other", "good: update"],
    ]);
    expect(report.counters).toMatchObject({ imagesSkipped: 1, imagesUpdated: 2, errors: 0 });
    await expectOnlyGoodImages(git, repository, images());
  });

  it.each([
    { name: "constraint", constraint: ":latest", strategy: "semver" },
    { name: "digest", constraint: "", strategy: "digest" },
  ])("is a $name that cannot be followed: that image's error", async (given) => {
    const repository = `unusable-${given.name}`;
    const { good, bad } = images();
    const { mixed, other } = await stage(repository, {
      "image-list": `bad=${bad}${given.constraint}, good=${good}`,
      "bad.update-strategy": given.strategy,
    });
    const { value, diagnostics } = readWrong(mixed);

    expect(diagnostics).toContainEqual(
      expect.objectContaining({
        code: "invalid-constraint",
        where: expect.objectContaining({ annotation: annotationKey("image-list") }),
      }),
    );
    const report = await updater().run([value, readManifest(other)]);

    expect(outcomesOf(report)).toEqual([
      ["mixed", "bad: error", "good: update"],
      ["other", "good: update"],
    ]);
    expect(report.applications[0]?.images[0]?.decision.reason.code).toBe("invalid-settings");
    await expectOnlyGoodImages(git, repository, images());
  });
});
