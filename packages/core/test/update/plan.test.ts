import { describe, expect, it } from "vitest";
import { readApplication } from "../../src/application/read-application.js";
import type { Plan } from "../../src/update/plan.js";
import { application, counters, createWorld, manifestOf, OVERRIDE, REPOSITORY } from "./world.js";

const GIT = { "write-back-method": "git" };
const registry = { "team/app": ["1.0", "1.1"], "team/side": ["2.0", "2.1"] };
const setup = {
  annotations: { ...GIT, "image-list": "app=ghcr.io/team/app:1.x" },
  live: ["ghcr.io/team/app:1.0"],
};

/** What another process reads out of storage. */
function stored(plan: Plan): Plan {
  const read: unknown = JSON.parse(JSON.stringify(plan));
  return read as Plan;
}

describe("a plan", () => {
  it("shows the file before and after, and writes nothing", async () => {
    const { updater, git } = createWorld({ registry });
    const plan = await updater.plan([application(setup)]);
    expect(plan.contract).toBe("plan/1");
    expect(plan.createdAt).toBe("2024-01-01T00:00:00.000Z");
    expect(plan.applications[0]?.previews).toEqual([
      {
        path: OVERRIDE,
        after:
          'helm:\n  parameters:\n  - name: image.name\n    value: ghcr.io/team/app\n    forcestring: true\n  - name: image.tag\n    value: "1.1"\n    forcestring: true\n',
      },
    ]);
    expect(git.commits).toEqual([]);
    expect(git.calls).toEqual([`read ${REPOSITORY}`]);
  });

  it("is plain JSON that another process applies, to the bytes that are there then", async () => {
    const values = "apps/web/values.yaml";
    const annotations = { ...setup.annotations, "write-back-target": "helmvalues" };
    const first = createWorld({ registry, files: { [values]: "image:\n  tag: '1.0'\n" } });
    const plan = await first.updater.plan([application({ ...setup, annotations })]);
    expect(stored(plan)).toEqual(plan);

    const second = createWorld({
      files: { [values]: "# meanwhile\nimage:\n  tag: '1.0' # ours\n" },
      settings: { registries: [] },
    });
    const report = await second.updater.apply(stored(plan));
    expect(report.counters).toEqual(counters(1, 1, 0, 1, 0));
    expect(second.git.file(REPOSITORY, "main", values)).toBe(
      "# meanwhile\nimage:\n  tag: '1.1' # ours\n  name: ghcr.io/team/app\n",
    );
    expect(stored(plan)).toEqual(plan);
  });

  it("of another contract is refused", async () => {
    const { updater, git } = createWorld({ registry });
    const plan = await updater.plan([application(setup)]);
    const foreign: unknown = { ...plan, contract: "plan/2" };
    await expect(updater.apply(foreign as Plan)).rejects.toMatchObject({
      name: "WriteBackError",
      code: "unsupported",
      message: `a plan of contract "plan/2" cannot be applied; this version applies "plan/1"`,
    });
    expect(git.commits).toEqual([]);
  });

  it("reads no file to show it when nobody wants to see it", async () => {
    const { updater, git } = createWorld({ registry });
    const plan = await updater.plan([application(setup)], { previews: false });
    expect(plan.applications[0]?.previews).toEqual([]);
    expect(plan.applications[0]?.change).toBeDefined();
    expect(git.calls).toEqual([]);
  });

  it("has an error and no change for an application whose files cannot be read", async () => {
    const { updater } = createWorld({
      registry,
      gitFaults: [{ on: "read", behave: "unavailable" }],
    });
    const plan = await updater.plan([application(setup)]);
    expect(plan.applications[0]).toMatchObject({ error: { code: "unavailable" }, previews: [] });
    expect(plan.applications[0]?.change).toBeUndefined();
    expect((await updater.apply(plan)).counters).toEqual(counters(1, 1, 0, 0, 1));
  });

  it("holds no credential but in the URL that is configured, and shows none anywhere", async () => {
    const repository = "https://ci:s3cret@git.example.com/team/apps.git";
    const { updater, logger } = createWorld({
      registry,
      repositories: { [repository]: { other: {} } },
    });
    const source = { repoURL: repository };
    const plan = await updater.plan([application({ ...setup, source })], { previews: false });
    expect(plan.applications[0]?.change?.location?.repository).toBe(repository);

    const report = await updater.apply(plan);
    expect(report.applications[0]?.error?.message).toBe(
      'https://git.example.com/team/apps.git has no branch "main"',
    );
    expect(JSON.stringify([report, logger.entries])).not.toContain("s3cret");
  });

  it("redacts what a foreign adapter says", async () => {
    const { git } = createWorld({});
    const leak = new Error("cannot clone https://ci:s3cret@git.example.com/team/apps.git");
    const { updater, logger } = createWorld({
      registry,
      targets: [
        {
          ...git,
          write: (changes) =>
            Promise.resolve(
              changes.map(() => ({
                kind: "failed",
                error: { name: "Error", code: "x", message: leak.message },
              })),
            ),
          read: () => Promise.reject(leak),
        },
      ],
    });
    const report = await updater.run([application(setup)]);
    const plan = await updater.plan([application(setup)]);
    expect(plan.applications[0]?.error?.message).toContain("https://git.example.com/team/apps.git");
    expect(report.applications[0]?.error?.message).toBe(
      "cannot clone https://git.example.com/team/apps.git",
    );
    expect(JSON.stringify([report, plan, logger.entries])).not.toContain("s3cret");
  });
});

describe("a cycle over several applications", () => {
  it("asks for each repository once, and writes each once", async () => {
    const names = ["web", "api", "job"];
    const two = "app=ghcr.io/team/app:1.x, side=ghcr.io/team/side:2.x";
    const applications = names.map((name) =>
      application({
        name,
        annotations: {
          ...GIT,
          "image-list": two,
          "side.helm.image-name": "side.name",
          "side.helm.image-tag": "side.tag",
        },
        live: ["ghcr.io/team/app:1.0", "ghcr.io/team/side:2.0"],
      }),
    );
    const { updater, registry: asked, git } = createWorld({ registry });
    const report = await updater.run(applications);

    expect(report.counters).toEqual(counters(3, 6, 0, 6, 0));
    expect(asked.calls.toSorted()).toEqual(["tags team/app", "tags team/side"]);
    // What hides a value is looked for before anything is written.
    expect(git.calls).toEqual([`read ${REPOSITORY}`, `write ${REPOSITORY}`]);
    expect(git.commits.map(({ paths }) => paths)).toEqual(
      names.map((name) => [`apps/${name}/.argocd-source-${name}.yaml`]),
    );
  });

  it("asks once per set of credentials", async () => {
    const annotations = {
      ...GIT,
      "image-list": "app=ghcr.io/team/app:1.x, own=ghcr.io/team/app:1.x",
      "own.pull-secret": "pullsecret:argocd/own",
    };
    const { updater, registry: asked } = createWorld({ registry });
    await updater.run([application({ ...setup, annotations })]);
    expect(asked.calls).toEqual(["tags team/app", "tags team/app"]);
  });

  it("writes to the branch of each", async () => {
    const { updater, git } = createWorld({
      registry,
      repositories: { [REPOSITORY]: { main: {}, staging: {} } },
    });
    const staged = { ...setup, name: "api", source: { targetRevision: "staging" } };
    const head = { ...setup, name: "job", source: { targetRevision: "HEAD" } };
    await updater.run([application(setup), application(staged), application(head)]);
    expect(git.commits.map(({ branch, paths }) => [branch, ...paths])).toEqual([
      ["main", OVERRIDE],
      ["staging", "apps/api/.argocd-source-api.yaml"],
      ["main", "apps/job/.argocd-source-job.yaml"],
    ]);
    expect(git.file(REPOSITORY, "staging", OVERRIDE)).toBeUndefined();
  });

  it("takes two spellings of a repository for one", async () => {
    const short = REPOSITORY.replace(".git", "");
    const { git } = createWorld({
      repositories: { [REPOSITORY]: { main: {} }, [short]: { main: {} } },
    });
    const sizes: number[] = [];
    const { updater } = createWorld({
      registry,
      targets: [
        {
          ...git,
          write(changes) {
            sizes.push(changes.length);
            return git.write(changes);
          },
        },
      ],
    });
    const other = { ...setup, name: "api", source: { repoURL: short } };
    await updater.run([application(setup), application(other)]);
    expect(sizes).toEqual([2]);
    expect(git.commits.map(({ repository }) => repository)).toEqual([REPOSITORY, short]);
  });
});

describe("the options of a cycle", () => {
  it("only: leaves out the other images, and what the file says of them stays", async () => {
    const annotations = {
      ...GIT,
      "image-list": "app=ghcr.io/team/app:1.x, side=ghcr.io/team/side:2.x, bad=:",
      "side.helm.image-name": "side.name",
      "side.helm.image-tag": "side.tag",
    };
    const live = ["ghcr.io/team/app:1.0", "ghcr.io/team/side:2.0"];
    const { updater, registry: asked, git } = createWorld({ registry });
    const elsewhere = application({
      name: "api",
      annotations: { ...GIT, "image-list": "app=ghcr.io/team/app:1.x" },
    });
    const report = await updater.run([application({ annotations, live }), elsewhere], {
      only: ({ host, path }) => host === "ghcr.io" && path === "team/side",
    });

    expect(report.counters).toEqual(counters(1, 1, 0, 1, 0));
    expect(asked.calls).toEqual(["tags team/side"]);
    expect(git.calls).toEqual([`read ${REPOSITORY}`, `write ${REPOSITORY}`]);
    expect(git.file(REPOSITORY, "main", OVERRIDE)).not.toContain("team/app");
  });

  it("only: sees the host and the path as resolved", async () => {
    const seen: unknown[] = [];
    const { updater } = createWorld({ registry: { "library/nginx": ["1.0"] } });
    const annotations = { ...GIT, "image-list": "web=nginx:1.x" };
    await updater.run([application({ annotations, live: ["nginx:1.0"] })], {
      only(image) {
        seen.push(image);
        return true;
      },
    });
    expect(seen).toEqual([
      {
        application: { name: "web", namespace: "argocd" },
        alias: "web",
        host: "docker.io",
        path: "library/nginx",
      },
    ]);
  });

  it("dryRun: decides, counts and logs, and writes nothing", async () => {
    const { updater, git, logger } = createWorld({ registry });
    const report = await updater.run([application(setup)], { dryRun: true });
    expect(report.counters).toEqual(counters(1, 1, 0, 1, 0));
    expect(report.applications[0]?.write).toBeUndefined();
    expect(git.calls).toEqual([]);
    expect(logger.entries.map(({ message }) => message)).toContain(
      "Dry run - not committing 1 changes to application",
    );
  });

  it("dryRun: does not see what only files tell, which a plan does", async () => {
    const annotations = {
      ...setup.annotations,
      "write-back-target": "helmvalues:values.yaml",
      "app.helm.image-tag": "image.tag",
    };
    const hidden = 'helm:\n  parameters:\n    - name: image.tag\n      value: "0.9"\n';
    const repositories = {
      [REPOSITORY]: {
        main: { "apps/web/.argocd-source-web.yaml": hidden, "apps/web/values.yaml": "image: {}\n" },
      },
    };
    const source = { helm: { valueFiles: ["values.yaml"] } };
    const { updater, git } = createWorld({ registry, repositories });
    const app = application({ ...setup, annotations, type: "Helm", source });
    const report = await updater.run([app], { dryRun: true });
    expect([report.counters.imagesUpdated, git.calls]).toEqual([1, []]);
    const [plan] = (await updater.plan([app])).applications;
    expect(plan?.images[0]?.decision.outcome).toBe("error");
  });
});

describe("an Application of several sources", () => {
  const annotations = { "image-list": "app=ghcr.io/team/app:1.x" };
  const sources = [
    { repoURL: "https://charts.example.com", chart: "web", targetRevision: "1", helm: {} },
    { repoURL: REPOSITORY, ref: "values" },
  ];

  it.each([
    ["one of a list", { sources }, { repoURL: "https://charts.example.com", chart: "web" }],
    ["the only one", { source: sources[0] }, undefined],
  ])("is patched by the marks of its source: %s", async (_, spec, marks) => {
    const manifest = {
      ...manifestOf({ annotations }),
      spec,
      status: {
        sourceTypes: ["Helm"],
        sourceType: "Helm",
        summary: { images: ["ghcr.io/team/app:1.0"] },
      },
    };
    const { value } = readApplication(manifest);
    if (value === undefined) throw new Error("no Application");
    const { updater } = createWorld({ registry });
    const plan = await updater.plan([value]);
    const [edit] = plan.applications[0]?.change?.edits ?? [];
    expect(edit).toMatchObject({ kind: "application-patch" });
    expect(edit).toHaveProperty("source", value.source.pointer);
    expect(edit?.kind === "application-patch" && edit.marks).toEqual(marks);
  });
});

describe("branches and messages", () => {
  async function runWith(
    annotations: Record<string, string>,
    template?: string,
  ): Promise<{ commits: unknown; report: unknown; diagnostics: readonly unknown[] }> {
    const { updater, git } = createWorld({ registry, settings: { commit: { template } } });
    const app = application({ ...setup, annotations: { ...setup.annotations, ...annotations } });
    const report = await updater.run([app]);
    const commits = git.commits.map(({ branch, message }) => [branch, message]);
    return { commits, report, diagnostics: report.applications[0]?.diagnostics ?? [] };
  }

  it("pushes to the branch that the template names", async () => {
    const branch = "main:update-{{.AppName}}-{{range .Images}}{{.Alias}}-{{.NewTag}}{{end}}";
    const { commits } = await runWith({ "git-branch": branch }, "up {{.AppName}}");
    expect(commits).toEqual([["update-web-app-1.1", "up web"]]);
  });

  it.each([
    ["a template that does not parse", "main:{{.Nope"],
    ["a template that fails", "main:{{.Nope}}"],
    ["a name that Git does not take", "main:a..b"],
  ])("stops the application for %s", async (_name, branch) => {
    const { commits, report } = await runWith({ "git-branch": branch });
    expect(commits).toEqual([]);
    expect(report).toMatchObject({
      counters: counters(1, 1, 0, 0, 1),
      applications: [{ error: { name: "TemplateError", code: "invalid-branch-name" } }],
    });
    expect(JSON.stringify(report)).toContain(`git-branch template \\"${branch.slice(5)}\\": `);
  });

  it("says that a branch name was cut", async () => {
    const { commits, diagnostics } = await runWith({ "git-branch": `main:${"b".repeat(300)}` });
    expect(commits).toMatchObject([["b".repeat(255), expect.anything()]]);
    expect(diagnostics).toMatchObject([{ severity: "warning", code: "invalid-branch-name" }]);
  });

  it("falls back to a plain message, and says so, when the template fails", async () => {
    const { commits, diagnostics } = await runWith({}, "{{.Nope}}");
    expect(commits).toEqual([["main", "build: update of application web"]]);
    expect(diagnostics).toMatchObject([{ severity: "warning", code: "invalid-template" }]);
  });

  it("names the author of the settings", async () => {
    const author = { name: "Robot", email: "robot@example.com" };
    const { updater, git } = createWorld({ registry, settings: { commit: { author } } });
    await updater.run([application(setup)]);
    expect(git.commits[0]?.author).toBe("Robot <robot@example.com>");
  });
});
