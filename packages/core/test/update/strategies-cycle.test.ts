import { describe, expect, it } from "vitest";
import type { UpdateStrategy } from "../../src/strategy/update-strategy.js";
import { application, counters, createWorld, OVERRIDE, REPOSITORY } from "./world.js";

const BASE = {
  "write-back-method": "git",
  "app.helm.image-spec": "image",
} as const;
const APP = "ghcr.io/team/app";

/** Takes the tag with the longest name. */
const longest: UpdateStrategy = {
  name: "longest-name",
  needs: "names",
  constraint: "optional",
  identity: "tag",
  choose(candidates) {
    const [tag] = candidates.toSorted((left, right) => right.name.length - left.name.length);
    return tag === undefined ? { kind: "none", reason: "no tags" } : { kind: "chosen", tag };
  },
};

describe("the digest strategy", () => {
  const annotations = {
    ...BASE,
    "image-list": `app=${APP}:latest`,
    "app.update-strategy": "digest",
  };

  it("follows a tag that is pushed again, and asks for no other", async () => {
    const { updater, git, registry } = createWorld({ registry: { "team/app": ["latest", "1.0"] } });
    const first = await updater.run([application({ annotations, live: [`${APP}:latest`] })]);
    const before = first.applications[0]?.images[0]?.newImage ?? "";
    expect(before).toMatch(/^ghcr\.io\/team\/app:latest@sha256:[0-9a-f]{64}$/);

    const same = await updater.run([application({ annotations, live: [before] })]);
    expect(same.counters).toEqual(counters(1, 1, 0, 0, 0));

    registry.push("team/app", { tag: "latest", content: "another build" });
    const third = await updater.run([application({ annotations, live: [before] })]);
    const after = third.applications[0]?.images[0]?.newImage ?? "";
    expect(after).not.toBe(before);
    expect(git.file(REPOSITORY, "main", OVERRIDE)).toContain(`value: ${after}\n`);
    const [old, now] = [before, after].map((image) => image.split("@")[1]);
    expect(git.commits[1]?.message).toContain(`tag '${old}' to '${now}'`);
    expect(new Set(registry.calls)).toEqual(
      new Set(["digest team/app:latest", "manifest team/app:latest"]),
    );
  });

  it("skips a tag that is gone", async () => {
    const { updater } = createWorld({ registry: { "team/app": ["1.0"] } });
    const report = await updater.run([application({ annotations, live: [`${APP}:latest`] })]);
    expect(report.counters).toEqual(counters(1, 1, 1, 0, 0));
  });

  it("says so when the repository does not exist", async () => {
    const { updater } = createWorld({ registry: {} });
    const report = await updater.run([application({ annotations, live: [`${APP}:latest`] })]);
    expect(report.counters).toEqual(counters(1, 1, 0, 0, 1));
    expect(report.applications[0]?.images[0]?.decision.reason).toMatchObject({
      code: "facts-failed",
      error: { code: "not-found", message: "ghcr.io has no repository team/app" },
    });
  });
});

describe("the newest-build strategy", () => {
  const annotations = {
    ...BASE,
    "image-list": `app=${APP}`,
    "app.update-strategy": "newest-build",
    "app.ignore-tags": "broken*",
  };
  const tags = [
    { tag: "b", created: "2024-03-01T00:00:00Z" },
    { tag: "a", created: "2024-05-01T00:00:00Z" },
    { tag: "c", created: "2024-04-01T00:00:00Z" },
    { tag: "arm", created: "2024-09-01T00:00:00Z", platforms: ["linux/arm64"] },
    { tag: "undated", created: null },
    { tag: "broken", created: "2024-10-01T00:00:00Z" },
  ] as const;

  it("takes the one built last for the platform, and reads no ignored tag", async () => {
    const { updater, registry } = createWorld({ registry: { "team/app": tags } });
    const report = await updater.run([application({ annotations, live: [`${APP}:b`] })]);
    const [image] = report.applications[0]?.images ?? [];

    expect(image?.newImage).toBe(`${APP}:a`);
    const verdicts = image?.decision.tags.map(({ tag, reason }) => [tag, reason.code]) ?? [];
    expect(verdicts).toHaveLength(6);
    expect(Object.fromEntries(verdicts)).toEqual({
      a: "chosen",
      b: "not-newest",
      c: "not-newest",
      arm: "no-platform",
      undated: "no-date",
      broken: "ignored",
    });
    expect(registry.calls).not.toContain("manifest team/app:broken");
  });

  it("waits while a tag cannot be read, and does not settle for an older one", async () => {
    const { updater, git } = createWorld({
      registry: { "team/app": tags },
      registryFaults: [{ on: "manifest", tag: "a", behave: "server-error" }],
    });
    const report = await updater.run([application({ annotations, live: [`${APP}:b`] })]);
    expect(report.counters).toEqual(counters(1, 1, 0, 0, 1));
    expect(report.applications[0]?.images[0]).toMatchObject({
      outcome: "waiting",
      decision: { reason: { code: "unreadable-tags", tags: ["a"] } },
    });
    expect(git.commits).toEqual([]);
  });

  it("presses a registry in trouble with no further tag", async () => {
    const { updater, registry } = createWorld({
      registry: { "team/app": tags },
      registryFaults: [{ on: "manifest", behave: "server-error" }],
      settings: { concurrency: { metadata: 1 } },
    });
    await updater.run([application({ annotations, live: [`${APP}:b`] })]);
    expect(registry.calls).toEqual(["tags team/app", "manifest team/app:b"]);
  });

  it("takes the order of the list for dates where tagsortmode says so", async () => {
    const { updater, registry } = createWorld({
      registry: { "team/app": tags },
      settings: {
        registriesConf: [
          {
            name: "GitHub",
            apiUrl: "https://ghcr.io",
            prefix: "ghcr.io",
            tagSortMode: "latest-first",
            insecure: false,
            isDefault: false,
          },
        ],
      },
    });
    const report = await updater.run([application({ annotations, live: [`${APP}:a`] })]);
    expect(report.applications[0]?.images[0]?.newImage).toBe(`${APP}:b`);
    expect(registry.calls).toEqual(["tags team/app"]);
  });
});

describe("a strategy of one's own", () => {
  const setup = {
    annotations: {
      ...BASE,
      "image-list": `app=${APP}`,
      "app.update-strategy": "longest-name",
    },
    live: [`${APP}:2.0`],
  };
  const registry = { "team/app": ["2.0", "1.0-alpine", "3.0"] };

  it("works when the application was read with it", async () => {
    const { updater } = createWorld({ registry });
    const report = await updater.run([application(setup, { strategies: [longest] })]);
    expect(report.applications[0]?.images[0]).toMatchObject({
      strategy: "longest-name",
      newImage: `${APP}:1.0-alpine`,
    });
  });

  it("works when only the updater knows it", async () => {
    const { updater } = createWorld({ registry, settings: { strategies: [longest] } });
    const report = await updater.run([application(setup)]);
    expect(report.applications[0]?.images[0]?.newImage).toBe(`${APP}:1.0-alpine`);
  });

  it("works when only the updater knows it, and the application was read strictly", async () => {
    const { updater } = createWorld({ registry, settings: { strategies: [longest] } });
    const app = application(setup, { strict: true });
    expect(app.policies).toEqual([]);
    const report = await updater.run([app]);
    expect(report.counters).toEqual(counters(1, 1, 0, 1, 0));
    expect(report.applications[0]?.images).toMatchObject([
      { alias: "app", strategy: "longest-name", newImage: `${APP}:1.0-alpine` },
    ]);
    const only = { only: ({ path }: { readonly path: string }) => path === "team/app" };
    expect((await updater.plan([app], only)).applications).toHaveLength(1);
  });

  it("is an error of the image when nobody knows it, and the application was read strictly", async () => {
    const { updater } = createWorld({ registry });
    const report = await updater.run([application(setup, { strict: true })]);
    expect(report.counters).toEqual(counters(1, 1, 0, 0, 1));
    expect(report.applications[0]?.images[0]?.decision.outcome).toBe("error");
  });

  it("does not help an image with another fault", async () => {
    const annotations = { ...setup.annotations, "app.force-update": "yes" };
    const { updater } = createWorld({ registry, settings: { strategies: [longest] } });
    const report = await updater.run([application({ ...setup, annotations }, { strict: true })]);
    expect(report.counters).toEqual(counters(1, 1, 0, 0, 1));
  });

  it("does not take an image's verification away", () => {
    const verification = { cosignKey: { secretName: "cosign", key: "cosign.pub" } };
    const app = application(setup, { strict: true, verification });
    expect(app.invalidImages).toMatchObject([{ policy: { verification } }]);
  });

  it("gives way to semver when nobody knows it", async () => {
    const { updater } = createWorld({ registry });
    const report = await updater.run([application(setup)]);
    expect(report.applications[0]?.images[0]).toMatchObject({
      strategy: "semver",
      newImage: `${APP}:3.0`,
    });
  });

  it("that follows the constraint by name does not take a tag for granted", async () => {
    const pinned: UpdateStrategy = { ...longest, constraint: "only" };
    const annotations = { ...setup.annotations, "image-list": `app=${APP}:9.9` };
    const { updater, git } = createWorld({ registry, settings: { strategies: [pinned] } });
    const report = await updater.run([application({ ...setup, annotations })]);
    expect(report.counters).toEqual(counters(1, 1, 1, 0, 0));
    expect(git.commits).toEqual([]);
  });

  it("that throws ends its own image only", async () => {
    const broken: UpdateStrategy = {
      ...longest,
      choose() {
        throw new TypeError("candidates.pop is not a function");
      },
    };
    const annotations = {
      ...setup.annotations,
      "image-list": `app=${APP}, side=${APP}-side:1.x`,
      "side.helm.image-spec": "side",
    };
    const { updater, git } = createWorld({
      registry: { ...registry, "team/app-side": ["1.0", "1.1"] },
      settings: { strategies: [broken] },
    });
    const live = [`${APP}:2.0`, `${APP}-side:1.0`];
    const report = await updater.run([application({ annotations, live })]);

    expect(report.counters).toEqual(counters(1, 2, 0, 1, 1));
    expect(report.applications[0]?.images[0]?.decision.reason).toMatchObject({
      code: "internal",
      error: {
        code: "internal",
        message: expect.stringContaining("TypeError: candidates.pop is not a function"),
      },
    });
    expect(git.commits).toHaveLength(1);
  });
});
