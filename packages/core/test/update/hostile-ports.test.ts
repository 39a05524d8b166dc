import { describe, expect, it, vi } from "vitest";
import type { FactsCache } from "../../src/ports/facts-cache.js";
import type { RegistryClient } from "../../src/ports/registry-client.js";
import type { WriteBackTarget, WriteResult } from "../../src/ports/write-back-target.js";
import { application, counters, createWorld, passTime, REPOSITORY } from "./world.js";

const registry = {
  "team/app": [
    { tag: "1.0", created: "2024-01-01T00:00:00Z" },
    { tag: "1.1", created: "2024-01-02T00:00:00Z" },
  ],
  "team/good": ["1.0", "1.1"],
};

/** The image is read tag by tag where the strategy wants dates. */
function appOf(name: string, strategy: string, image = "ghcr.io/team/app") {
  const annotations = {
    "write-back-method": "git",
    "image-list": `app=${image}:1.x`,
    "app.update-strategy": strategy,
  };
  return application({ name, annotations, live: [`${image}:1.0`] });
}

const newest = appOf("newest", "newest-build");
const good = appOf("good", "semver", "ghcr.io/team/good");

/** Something that does not keep to its types, as it comes out of somebody's JavaScript. */
function foreign(value: unknown): never {
  return value as never;
}

const never = (): Promise<never> => new Promise(() => undefined);
const bug = (): never => {
  throw new TypeError("bug");
};

describe("a facts cache", () => {
  function cacheOf(behave: () => unknown): FactsCache {
    return foreign({
      contract: "facts-cache/1",
      readDetails: behave,
      readTag: behave,
      writeDetails: behave,
      writeTag: behave,
    });
  }

  it("that never answers costs one deadline of the whole cycle, and is named", async () => {
    const { updater, clock, logger } = createWorld({
      registry,
      settings: { cache: cacheOf(never), timeouts: { cache: 3000 } },
    });
    const begun = clock.now().getTime();
    const running = updater.run([newest, good]);
    await passTime(clock, 1000, running);
    expect((await running).counters).toEqual(counters(2, 2, 0, 2, 0));
    expect(clock.now().getTime() - begun).toBeLessThan(10_000);
    const warnings = logger.entries.filter(({ level }) => level === "warn");
    expect(warnings.map(({ message }) => message)).toEqual([
      "the facts cache did not answer within 3 s and is not asked again in this cycle",
    ]);
    expect(clock.pending).toBe(0);
  });

  it.each<[string, () => unknown]>([
    ["throws", bug],
    ["rejects", () => Promise.reject(new TypeError("bug"))],
    ["answers null", () => Promise.resolve(null)],
    ["answers without a promise", () => 7],
    ["answers a tag of the wrong shape", () => Promise.resolve({ digest: 7, seenAt: "now" })],
    [
      "answers what is not of a tag",
      () => Promise.resolve({ digest: "sha256:1", seenAt: "2024-01-01T00:00:00Z", kind: "image" }),
    ],
    ["answers another kind", () => Promise.resolve({ kind: "nonsense", digest: "sha256:1" })],
  ])("that %s is a cache that knows nothing", async (_what, behave) => {
    const { updater } = createWorld({ registry, settings: { cache: cacheOf(behave) } });
    const report = await updater.run([newest, good]);
    expect(report.counters).toEqual(counters(2, 2, 0, 2, 0));
  });
});

describe("a registry client", () => {
  function clientOf(methods: object): RegistryClient {
    const { registry: real } = createWorld({ registry });
    const spoilt: RegistryClient = foreign({ ...real, ...methods });
    return { ...spoilt, serves: ({ path }) => path === "team/app" };
  }

  it.each<[string, object, string]>([
    ["listTags answers nothing", { listTags: () => undefined }, "but found undefined"],
    ["listTags answers null", { listTags: () => Promise.resolve(null) }, "a list of tag names"],
    [
      "listTags answers other things",
      { listTags: () => Promise.resolve([{ name: "1.1" }]) },
      "expected a list of tag names from listTags, but found a list of something else",
    ],
    ["listTags throws", { listTags: bug }, "TypeError: bug"],
    ["listTags rejects with nothing", { listTags: () => Promise.reject(undefined) }, "undefined"],
    ["describeTag answers nothing", { describeTag: () => undefined }, "what the tag points to"],
    [
      "describeTag answers another kind",
      { describeTag: () => Promise.resolve({ kind: "nonsense" }) },
      "what the tag points to",
    ],
    [
      "describeTag answers half an image",
      { describeTag: () => Promise.resolve({ kind: "image", digest: "sha256:1" }) },
      "what the tag points to",
    ],
    [
      "describeTags answers other things",
      { describeTags: () => Promise.resolve([7]) },
      "a list of names with their times",
    ],
  ])("whose %s ends its own image, and says so", async (_what, methods, words) => {
    const { registry: sound } = createWorld({ registry });
    const { updater } = createWorld({
      registry,
      settings: { registries: [clientOf(methods), sound] },
    });
    const report = await updater.run([newest, good]);
    expect(report.counters).toEqual(counters(2, 2, 0, 1, 1));
    expect(JSON.stringify(report.applications[0])).toContain(words);
  });

  it("that answers after its call was given up changes nothing any more", async () => {
    let answer: (tags: readonly string[]) => void = () => undefined;
    const listTags = (): Promise<readonly string[]> =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const { registry: sound } = createWorld({ registry });
    const { updater, clock } = createWorld({
      registry,
      settings: { registries: [clientOf({ listTags }), sound] },
    });
    const running = updater.run([newest, good]);
    await passTime(clock, 120_000, running);
    const before = JSON.stringify(await running);
    answer(["9.9"]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(JSON.stringify(await running)).toBe(before);
  });

  it("gets a signal that fetch would take, and hears of its deadline", async () => {
    let signal: AbortSignal | undefined;
    const listTags = (_repository: unknown, options: { readonly signal: AbortSignal }) => {
      signal = options.signal;
      return never();
    };
    const { registry: sound } = createWorld({ registry });
    const { updater, clock } = createWorld({
      registry,
      settings: { registries: [clientOf({ listTags }), sound] },
    });
    const running = updater.run([newest, good]);
    await passTime(clock, 120_000, running);
    expect(signal).toBeInstanceOf(AbortSignal);
    expect(signal?.aborted).toBe(true);
  });
});

describe("a write-back target", () => {
  const ELSEWHERE = "https://git.example.com/team/elsewhere.git";
  const repositories = { [REPOSITORY]: { main: {} }, [ELSEWHERE]: { main: {} } };

  function targetOf(methods: object): WriteBackTarget {
    const { git } = createWorld({ repositories });
    const spoilt: WriteBackTarget = foreign({ ...git, ...methods });
    return { ...spoilt, accepts: ({ repository }) => repository === ELSEWHERE };
  }

  const moved = application({
    name: "moved",
    annotations: {
      "write-back-method": "git",
      "image-list": "app=ghcr.io/team/good:1.x",
      "git-repository": ELSEWHERE,
    },
    live: ["ghcr.io/team/good:1.0"],
  });

  it.each<[string, () => unknown]>([
    ["throws", bug],
    ["answers nothing", () => undefined],
    ["answers null", () => Promise.resolve(null)],
    ["answers too little", () => Promise.resolve([])],
    ["answers nulls", () => Promise.resolve([null])],
    ["answers another kind", () => Promise.resolve([{ kind: "nonsense" }])],
    ["fails without an error", () => Promise.resolve([{ kind: "failed" }])],
    ["fails with another error", () => Promise.resolve([{ kind: "failed", error: "no" }])],
  ])("whose write %s fails its own application", async (_what, write) => {
    const { updater, git } = createWorld({
      registry,
      repositories,
      targets: [targetOf({ write })],
    });
    const report = await updater.run([moved, good]);
    expect(report.counters).toEqual(counters(2, 2, 0, 1, 1));
    expect(report.applications[0]?.write?.kind).toBe("failed");
    expect(git.commits).toHaveLength(1);
  });

  it.each<[string, () => unknown]>([
    ["throws", bug],
    ["answers nothing", () => undefined],
    ["answers another kind", () => Promise.resolve([{ kind: "nonsense" }])],
    ["answers without files", () => Promise.resolve([{ kind: "read" }])],
  ])("whose read %s fails its own preview", async (_what, read) => {
    const { updater } = createWorld({ registry, repositories, targets: [targetOf({ read })] });
    const plan = await updater.plan([moved, good]);
    expect(plan.applications.map(({ error }) => error === undefined)).toEqual([false, true]);
    expect(plan.applications[1]?.previews).toHaveLength(1);
  });

  it("that says odd things of what it wrote has written all the same", async () => {
    const odd = { kind: "written", revision: "1", paths: [], notes: 7, pullRequest: {} };
    const write = (): Promise<readonly WriteResult[]> => Promise.resolve([foreign(odd)]);
    const { updater } = createWorld({ registry, repositories, targets: [targetOf({ write })] });
    expect((await updater.run([moved, good])).counters).toEqual(counters(2, 2, 0, 2, 0));
  });

  it("whose write hangs hears of its deadline", async () => {
    const signals: AbortSignal[] = [];
    const write = (_changes: unknown, options: { readonly signal: AbortSignal }) => {
      signals.push(options.signal);
      return never();
    };
    const { updater, clock } = createWorld({
      registry,
      repositories,
      targets: [targetOf({ write })],
      settings: { timeouts: { writeBack: 9000 } },
    });
    const running = updater.run([moved, good]);
    await passTime(clock, 9000, running);
    expect((await running).applications[0]?.error?.message).toBe(
      "https://git.example.com/team/elsewhere did not answer within 9 s",
    );
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it.each([
    [10_000, {}],
    [2000, { readSource: 2000 }],
    [20_000, { readSource: 20_000 }],
    [3000, { read: 3000 }],
  ])("whose read hangs holds up a write to another repository for %i ms", async (ms, timeouts) => {
    const signals: AbortSignal[] = [];
    const read = (_reads: unknown, options: { readonly signal: AbortSignal }) => {
      signals.push(options.signal);
      return never();
    };
    const { git } = createWorld({ repositories });
    const own: WriteBackTarget = foreign({ ...git, read, accepts: () => true });
    const elsewhere = targetOf({});
    const { updater, clock } = createWorld({
      registry,
      targets: [
        {
          ...elsewhere,
          accepts: () => true,
          read: (reads, options) =>
            (reads[0]?.location?.repository === ELSEWHERE ? elsewhere : own).read(reads, options),
        },
      ],
      settings: { timeouts },
    });
    const annotations = {
      "write-back-method": "git",
      "image-list": "app=ghcr.io/team/good:1.x",
      "git-repository": ELSEWHERE,
      "write-back-target": "helmvalues:/values.yaml",
      "app.helm.image-tag": "image.tag",
    };
    const planning = updater.plan([
      application({ name: "own", annotations, live: ["ghcr.io/team/good:1.0"] }),
    ]);
    await expect.poll(() => signals).toHaveLength(1);
    clock.advance(ms - 1);
    expect(signals[0]?.aborted).toBe(false);
    clock.advance(1);
    await expect.poll(() => signals[0]?.aborted).toBe(true);
    expect((await planning).applications[0]).toMatchObject({ change: {} });
  });
});

it("leaves no rejection that nobody handles", async () => {
  const unhandled = vi.fn<(reason: unknown) => void>();
  process.on("unhandledRejection", unhandled);
  try {
    const { updater } = createWorld({
      registry,
      targets: [foreign({ contract: "", accepts: bug, read: bug, write: bug })],
      settings: { registries: [foreign({ serves: bug })] },
    });
    await updater.run([newest, good]);
    await updater.plan([newest, good]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).not.toHaveBeenCalled();
  } finally {
    process.off("unhandledRejection", unhandled);
  }
});
