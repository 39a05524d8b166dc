import { describe, expect, it } from "vitest";
import type { WriteBackTarget } from "../../src/ports/write-back-target.js";
import type { GitFault, RegistryFault } from "../../src/testing/index.js";
import {
  application,
  counters,
  createWorld,
  OVERRIDE,
  passTime,
  REPOSITORY,
  type World,
} from "./world.js";

const GIT = { "write-back-method": "git" };
const registry = { "team/app": ["1.0", "1.1"], "team/bad": ["1.0", "1.1"] };

/** An image that is fine and one whose registry is not, and another application. */
const mixed = application({
  annotations: {
    ...GIT,
    "image-list": "app=ghcr.io/team/app:1.x, bad=ghcr.io/team/bad:1.x",
    "bad.helm.image-name": "bad.name",
    "bad.helm.image-tag": "bad.tag",
  },
  live: ["ghcr.io/team/app:1.0", "ghcr.io/team/bad:1.0"],
});
const other = application({
  name: "api",
  annotations: { ...GIT, "image-list": "app=ghcr.io/team/app:1.x" },
  live: ["ghcr.io/team/app:1.0"],
});

function withoutVersions(text: string | undefined): boolean {
  return text === undefined || !text.includes("bad.");
}

describe("a registry that cannot be read", () => {
  const faults: readonly (readonly [RegistryFault["behave"], string])[] = [
    ["not-found", "not-found"],
    ["unauthorized", "unauthorized"],
    ["forbidden", "forbidden"],
    ["rate-limited", "rate-limited"],
    ["server-error", "unavailable"],
    ["garbage", "invalid-response"],
    ["disconnect", "unavailable"],
    ["too-large", "too-large"],
  ];

  it.each(faults)("by %s costs its own image only", async (behave, code) => {
    const { updater, git } = createWorld({
      registry,
      registryFaults: [{ on: "tags", repository: "team/bad", behave }],
    });
    const report = await updater.run([mixed, other]);

    expect(report.counters).toEqual(counters(2, 3, 0, 2, 1));
    const bad = report.applications[0]?.images[1];
    expect(bad).toMatchObject({
      alias: "bad",
      outcome: "error",
      decision: { reason: { code: "facts-failed", error: { name: "RegistryError", code } } },
    });
    expect(JSON.stringify(bad?.decision.reason)).toContain("team/bad");
    expect(git.commits).toHaveLength(2);
    expect(withoutVersions(git.file(REPOSITORY, "main", OVERRIDE))).toBe(true);
  });

  it("because it never answers, is given up when its time is over", async () => {
    const { updater, clock, git } = createWorld({
      registry,
      registryFaults: [{ on: "tags", repository: "team/bad", behave: "hang" }],
      settings: { timeouts: { registry: 7000 } },
    });
    const running = updater.run([mixed, other]);
    await passTime(clock, 7000, running);
    const report = await running;

    expect(report.counters).toEqual(counters(2, 3, 0, 2, 1));
    expect(report.applications[0]?.images[1]?.decision.reason).toEqual({
      code: "facts-failed",
      error: {
        name: "RegistryError",
        code: "timeout",
        message: "ghcr.io/team/bad did not answer within 7 s",
      },
    });
    expect(git.commits).toHaveLength(2);
    expect(clock.pending).toBe(0);
  });

  it("because nobody serves it, says which setting to fill", async () => {
    const { updater } = createWorld({ registry, settings: { registries: [] } });
    const report = await updater.run([other]);
    expect(report.counters).toEqual(counters(1, 1, 0, 0, 1));
    expect(JSON.stringify(report)).toContain(
      "no registry client serves ghcr.io/team/app; pass one in the updater's registries setting",
    );
  });

  it("because its client has a bug, is an internal error", async () => {
    const world = createWorld({ registry });
    const { updater } = createWorld({
      registry,
      settings: {
        registries: [
          {
            ...world.registry,
            serves() {
              throw new TypeError("repository.host is not a function");
            },
          },
        ],
      },
    });
    const report = await updater.run([other]);
    expect(report.counters).toEqual(counters(1, 1, 0, 0, 1));
    expect(JSON.stringify(report)).toContain("TypeError: repository.host is not a function");
  });
});

describe("a repository that cannot be written", () => {
  const elsewhere = "https://git.example.com/team/elsewhere.git";
  const repositories = { [REPOSITORY]: { main: {} }, [elsewhere]: { main: {} } };
  const moved = application({
    name: "api",
    annotations: {
      ...GIT,
      "image-list": "app=ghcr.io/team/app:1.x",
      "git-repository": elsewhere,
    },
    live: ["ghcr.io/team/app:1.0"],
  });
  const refusal: GitFault = { on: "write", repository: elsewhere, behave: "rejected" };

  it("counts one error and no update, and leaves the others alone", async () => {
    const { updater, git } = createWorld({ registry, repositories, gitFaults: [refusal] });
    const report = await updater.run([mixed, moved]);

    expect(report.counters).toEqual(counters(2, 3, 0, 2, 1));
    expect(report.applications[1]).toMatchObject({
      write: { kind: "failed", error: { name: "WriteBackError", code: "rejected" } },
      error: { message: "https://git.example.com/team/elsewhere.git refuses the write: rejected" },
    });
    expect(git.commits.map(({ repository }) => repository)).toEqual([REPOSITORY]);
  });

  it("is tried again in the next cycle", async () => {
    const gitFaults = [{ ...refusal, times: 1 }];
    const { updater, git } = createWorld({ registry, repositories, gitFaults });
    expect((await updater.run([moved])).counters).toEqual(counters(1, 1, 0, 0, 1));
    expect((await updater.run([moved])).counters).toEqual(counters(1, 1, 0, 1, 0));
    expect(git.commits).toHaveLength(1);
  });

  it("because it never answers, is given up, and no other repository with it", async () => {
    const { updater, clock, git } = createWorld({
      registry,
      repositories,
      gitFaults: [{ ...refusal, behave: "hang" }],
    });
    const running = updater.run([mixed, moved]);
    await passTime(clock, 300_000, running);
    const report = await running;

    expect(report.counters).toEqual(counters(2, 3, 0, 2, 1));
    expect(report.applications[1]?.error).toEqual({
      name: "WriteBackError",
      code: "timeout",
      message: "https://git.example.com/team/elsewhere did not answer within 300 s",
    });
    expect(git.commits).toHaveLength(1);
  });

  it("by any target, says which setting to fill", async () => {
    const { updater } = createWorld({ registry, settings: { writeBack: [] } });
    const report = await updater.run([other]);
    expect(report.counters).toEqual(counters(1, 1, 0, 0, 1));
    expect(report.applications[0]?.error).toMatchObject({ code: "no-target" });
    expect(report.applications[0]?.error?.message).toContain(
      `no write-back target accepts method "git"`,
    );
  });

  const bugs: readonly (readonly [string, Partial<WriteBackTarget>])[] = [
    [
      "accepts throws",
      {
        accepts() {
          throw new TypeError("bug");
        },
      },
    ],
    [
      "write throws",
      {
        write() {
          throw new TypeError("bug");
        },
      },
    ],
    ["write rejects", { write: () => Promise.reject(new TypeError("bug")) }],
    ["write answers too little", { write: () => Promise.resolve([]) }],
  ];

  it.each(bugs)("because of a bug (%s) is an error of the application", async (_name, bug) => {
    const { git } = createWorld({});
    const { updater } = createWorld({ registry, targets: [{ ...git, ...bug }] });
    const report = await updater.run([other]);
    expect(report.counters).toEqual(counters(1, 1, 0, 0, 1));
    expect(["internal", "invalid-response"]).toContain(report.applications[0]?.error?.code);
  });
});

describe("settings that are wrong", () => {
  it("for one image count as its error", async () => {
    const { updater, git, logger } = createWorld({ registry });
    const annotations = {
      ...GIT,
      "image-list": "app=ghcr.io/team/app:1.x, bad=ghcr.io/team/bad:1.x",
      "bad.helm.image-tag": "a",
      "bad.kustomize.image-name": "b",
    };
    const report = await updater.run([
      application({ annotations, live: ["ghcr.io/team/app:1.0", "ghcr.io/team/bad:1.0"] }),
    ]);
    expect(report.counters).toEqual(counters(1, 2, 0, 1, 1));
    expect(report.applications[0]?.images[1]).toMatchObject({
      alias: "bad",
      image: "ghcr.io/team/bad:1.x",
      outcome: "error",
      decision: { reason: { code: "invalid-settings" } },
    });
    expect(git.commits).toHaveLength(1);
    const errors = logger.entries.filter(({ level }) => level === "error");
    expect(errors).toHaveLength(1);
    expect(errors[0]?.message).toContain("ghcr.io/team/bad:1.x");
  });

  it("for the write-back stop the application before it is written", async () => {
    const { updater, git } = createWorld({ registry });
    const annotations = { "write-back-method": "svn", "image-list": "app=ghcr.io/team/app:1.x" };
    const live = ["ghcr.io/team/app:1.0"];
    const report = await updater.run([application({ annotations, live }), other]);
    expect(report.counters).toEqual(counters(2, 2, 0, 1, 1));
    expect(report.applications[0]?.error?.message).toContain("write-back settings of argocd/web");
    expect(git.commits).toHaveLength(1);
  });

  it("for a secret of another namespace read nothing", async () => {
    const { updater, registry: asked } = createWorld({ registry });
    const annotations = {
      ...GIT,
      "image-list": "app=ghcr.io/team/app:1.x",
      "app.pull-secret": "SECRET:elsewhere/creds#token",
    };
    const report = await updater.run([
      application({ annotations, live: ["ghcr.io/team/app:1.0"] }),
    ]);
    expect(report.counters).toEqual(counters(1, 1, 0, 0, 1));
    expect(report.applications[0]?.images[0]?.decision.reason.code).toBe(
      "foreign-secret-namespace",
    );
    expect(asked.calls).toEqual([]);
  });

  it.each(["ext:/scripts/login.sh", "env:GIT_PASSWORD", "ghcr.io=ENV:GIT_PASSWORD"])(
    "for %s of an Application run no program and read no variable, unless its namespace is trusted",
    async (reference) => {
      const annotations = {
        ...GIT,
        "image-list": "app=ghcr.io/team/app:1.x",
        "app.pull-secret": reference,
      };
      const images = [application({ annotations, live: ["ghcr.io/team/app:1.0"] })];
      const { updater, registry: asked } = createWorld({ registry });
      const report = await updater.run(images);
      expect(report.counters).toEqual(counters(1, 1, 0, 0, 1));
      expect(report.applications[0]?.images[0]?.decision.reason.code).toBe(
        "credentials-not-allowed",
      );
      expect(asked.calls).toEqual([]);
      const trusting = createWorld({ registry, settings: { trustedNamespaces: ["argocd"] } });
      expect((await trusting.updater.run(images)).counters).toEqual(counters(1, 1, 0, 1, 0));
    },
  );

  it.each(["../../outside.yaml", "/../outside.yaml", ".git/config"])(
    "for the path %s stop the application",
    async (path) => {
      const { updater, git } = createWorld({ registry });
      const annotations = {
        ...GIT,
        "image-list": "app=ghcr.io/team/app:1.x",
        "write-back-target": `helmvalues:${path === "../../outside.yaml" ? `../${path}` : path}`,
      };
      const live = ["ghcr.io/team/app:1.0"];
      const report = await updater.run([application({ annotations, live }), other]);
      expect(report.counters).toEqual(counters(2, 2, 0, 1, 1));
      expect(report.applications[0]?.error).toMatchObject({ name: "EditError" });
      expect(git.commits).toHaveLength(1);
    },
  );
});

describe("a consumer's own part that throws", () => {
  function throwing(): never {
    throw new Error("no");
  }

  it.each([
    ["observer", { observer: { observe: throwing } }],
    ["logger", { logger: { debug: throwing, info: throwing, warn: throwing, error: throwing } }],
  ])("does not stop the cycle when it is the %s", async (_name, settings) => {
    const { updater, git } = createWorld({ registry, settings });
    const report = await updater.run([mixed, other]);
    expect(report.counters).toEqual(counters(2, 3, 0, 3, 0));
    expect(git.commits).toHaveLength(2);
  });

  it("ends an image when it is the only filter", async () => {
    const { updater } = createWorld({ registry });
    const report = await updater.run([mixed, other], {
      only({ alias }) {
        if (alias === "bad") throw new Error("no");
        return true;
      },
    });
    expect(report.counters).toEqual(counters(2, 3, 0, 2, 1));
  });
});

describe("an aborted signal", () => {
  it("keeps everything from being asked or written", async () => {
    const { updater, registry: asked, git } = createWorld({ registry });
    const signal = AbortSignal.abort();
    const report = await updater.run([mixed], { signal });
    expect(report.counters).toEqual(counters(1, 2, 0, 0, 2));
    expect(JSON.stringify(report)).toContain(`"code":"cancelled"`);
    expect([...asked.calls, ...git.calls]).toEqual([]);

    const plan = await updater.plan([mixed]);
    const applied = await updater.apply(plan, { signal });
    expect(applied.counters).toEqual(counters(1, 2, 0, 0, 1));
    expect(applied.applications[0]?.error).toEqual({
      name: "WriteBackError",
      code: "cancelled",
      message: "the cycle was cancelled before https://git.example.com/team/apps answered",
    });
    expect(git.calls).toEqual([`read ${REPOSITORY}`]);
  });

  it("ends the wait for a registry that does not listen to it", async () => {
    const world: World = createWorld({ registry });
    const controller = new AbortController();
    const { updater, git, clock } = createWorld({
      registry,
      settings: {
        registries: [
          {
            ...world.registry,
            listTags: () => {
              controller.abort();
              return new Promise(() => undefined);
            },
          },
        ],
      },
    });
    const report = await updater.run([other], { signal: controller.signal });
    expect(report.counters).toEqual(counters(1, 1, 0, 0, 1));
    expect(JSON.stringify(report)).toContain("the cycle was cancelled before ghcr.io/team/app");
    expect(git.commits).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it("waits for what a write that has begun says", async () => {
    const { git } = createWorld({});
    const controller = new AbortController();
    const { updater } = createWorld({
      registry,
      targets: [
        {
          ...git,
          async write(changes, options) {
            const results = await git.write(changes, {});
            controller.abort();
            expect(options?.signal?.aborted).toBe(true);
            return results;
          },
        },
      ],
    });
    const plan = await updater.plan([other]);
    const report = await updater.apply(plan, { signal: controller.signal });
    expect(report.counters).toEqual(counters(1, 1, 0, 1, 0));
  });
});
