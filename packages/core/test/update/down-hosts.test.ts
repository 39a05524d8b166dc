import { describe, expect, it } from "vitest";
import type { Application } from "../../src/application/application.js";
import { RegistryError, type RegistryErrorCode } from "../../src/errors/registry-error.js";
import type { RegistryClient } from "../../src/ports/registry-client.js";
import { application, createWorld, passTime } from "./world.js";

const PATHS = Array.from({ length: 25 }, (_, index) => `team/app-${index}`);

/** One application per image of the host. */
function appsOn(host: string, paths: readonly string[] = PATHS): readonly Application[] {
  return paths.map((path) =>
    application({
      name: path.replace("/", "-"),
      annotations: { "write-back-method": "git", "image-list": `app=${host}/${path}:1.x` },
      live: [`${host}/${path}:1.0`],
    }),
  );
}

/** A client whose lists a test answers; keeps what was asked for. */
function clientOf(answer: (path: string, host: string) => Promise<readonly string[]>): {
  readonly client: RegistryClient;
  readonly asked: string[];
} {
  const asked: string[] = [];
  const client: RegistryClient = {
    contract: "registry-client/1",
    serves: () => true,
    listTags({ host, path }) {
      asked.push(`${host}/${path}`);
      return answer(path, host);
    },
    describeTag: () => Promise.resolve({ kind: "gone" }),
    resolveDigest: () => Promise.resolve(undefined),
  };
  return { client, asked };
}

function errorOf(code: RegistryErrorCode, more: { status?: number; cause?: unknown } = {}): Error {
  return new RegistryError(code, `it said ${code}`, { host: "dead.example.com", ...more });
}

const refused = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
const TAGS = ["1.0", "1.1"];

describe("a host that does not answer", () => {
  it("is asked once where nobody listens, and the errors of the others say why", async () => {
    const { client, asked } = clientOf(() =>
      Promise.reject(errorOf("unavailable", { cause: refused })),
    );
    const { updater, logger } = createWorld({ settings: { registries: [client] } });
    const report = await updater.run(appsOn("dead.example.com"));
    expect(report.counters.errors).toBe(25);
    expect(asked).toEqual(["dead.example.com/team/app-0"]);
    expect(report.applications[0]?.images[0]?.decision.reason).toMatchObject({
      error: { code: "unavailable", message: "it said unavailable" },
    });
    expect(report.applications[24]?.images[0]?.decision.reason).toMatchObject({
      code: "facts-failed",
      error: {
        code: "unavailable",
        message:
          "dead.example.com/team/app-24 was not asked: dead.example.com is known as down for the rest of this cycle, since it said unavailable",
      },
    });
    const warnings = logger.entries.filter(({ message }) => message.includes("is known as down"));
    expect(warnings.filter(({ level }) => level === "warn")).toHaveLength(1);
  });

  it.each([
    ["an address that does not exist", { code: "ENOTFOUND" }],
    ["every address of it refused", new AggregateError([refused], "")],
  ])("is asked once: %s", async (_what, cause) => {
    const { client, asked } = clientOf(() => Promise.reject(errorOf("unavailable", { cause })));
    const { updater } = createWorld({ settings: { registries: [client] } });
    await updater.run(appsOn("dead.example.com"));
    expect(asked).toHaveLength(1);
  });

  it.each(["timeout", "unavailable"] as const)(
    "is asked for two of its repositories, where it may have been the first one's fault (%s)",
    async (code) => {
      const { client, asked } = clientOf(() => Promise.reject(errorOf(code)));
      const { updater } = createWorld({ settings: { registries: [client] } });
      const report = await updater.run(appsOn("dead.example.com"));
      expect(report.counters.errors).toBe(25);
      expect(asked).toHaveLength(2);
    },
  );

  it("is waited for about once, when it never answers, and calls under way are given up", async () => {
    const { client, asked } = clientOf(() => new Promise(() => undefined));
    const { updater, clock } = createWorld({
      settings: { registries: [client], timeouts: { registry: 30_000 } },
    });
    const begun = clock.now().getTime();
    const running = updater.run(appsOn("dead.example.com"));
    await passTime(clock, 500, running);
    expect((await running).counters.errors).toBe(25);
    // After 1 s, 2 s, 4 s … another of its images has a try, until the second has waited in vain.
    expect(clock.now().getTime() - begun).toBeLessThan(35_000);
    expect(asked.length).toBeLessThanOrEqual(5);
    expect(clock.pending).toBe(0);
  });

  it("is asked anew in the next cycle", async () => {
    let isDown = true;
    const { client } = clientOf(() =>
      isDown ? Promise.reject(errorOf("timeout")) : Promise.resolve(TAGS),
    );
    const { updater } = createWorld({ settings: { registries: [client] } });
    expect((await updater.run(appsOn("dead.example.com"))).counters.errors).toBe(25);
    isDown = false;
    expect((await updater.plan(appsOn("dead.example.com"))).applications).toHaveLength(25);
    expect((await updater.run(appsOn("dead.example.com"))).counters.imagesUpdated).toBe(25);
  });
});

describe("a host that answers stays asked", () => {
  it.each<[string, Error]>([
    ["404", errorOf("not-found", { status: 404 })],
    ["401", errorOf("unauthorized", { status: 401 })],
    ["403", errorOf("forbidden")],
    ["429", errorOf("rate-limited", { status: 429 })],
    ["503", errorOf("unavailable", { status: 503 })],
    ["504", errorOf("timeout", { status: 504 })],
    ["nonsense", errorOf("invalid-response")],
    ["a bug", new TypeError("bug")],
  ])("by %s", async (_what, error) => {
    const { client, asked } = clientOf(() => Promise.reject(error));
    const { updater } = createWorld({ settings: { registries: [client] } });
    await updater.run(appsOn("dead.example.com"));
    expect(asked).toHaveLength(25);
  });

  it.each([0, 1, 12, 24])("though its repository %i hangs", async (index) => {
    const { client } = clientOf((path) =>
      path === PATHS[index] ? new Promise(() => undefined) : Promise.resolve(TAGS),
    );
    const { updater, clock } = createWorld({ settings: { registries: [client] } });
    const running = updater.run(appsOn("live.example.com"));
    await passTime(clock, 120_000, running);
    expect((await running).counters).toMatchObject({ imagesUpdated: 24, errors: 1 });
  });

  it.each([
    ["once it has answered", PATHS.slice(1, 13)],
    ["from the beginning", PATHS.slice(0, 5)],
  ])(
    "though more of its repositories hang than are read at a time (%s)",
    async (_when, hanging) => {
      const hangs = new Set(hanging);
      const { client, asked } = clientOf((path) =>
        hangs.has(path) ? new Promise(() => undefined) : Promise.resolve(TAGS),
      );
      const { updater, clock, git } = createWorld({
        settings: { registries: [client], concurrency: { applications: 3 } },
      });
      const running = updater.run(appsOn("live.example.com"));
      await passTime(clock, 1000, expect.poll(() => git.commits).toHaveLength(25 - hangs.size));
      expect(asked).toHaveLength(25);
      await passTime(clock, 120_000, running);
      const expected = { imagesUpdated: 25 - hangs.size, errors: hangs.size };
      expect((await running).counters).toMatchObject(expected);
    },
  );

  it("though another host is down", async () => {
    const { client } = clientOf((_path, host) =>
      host === "dead.example.com"
        ? Promise.reject(errorOf("unavailable", { cause: refused }))
        : Promise.resolve(TAGS),
    );
    const { updater } = createWorld({ settings: { registries: [client] } });
    const both = [...appsOn("dead.example.com"), ...appsOn("live.example.com")];
    expect((await updater.run(both)).counters).toMatchObject({ imagesUpdated: 25, errors: 25 });
  });

  it("until three repositories in a row get no answer", async () => {
    let answers = 2;
    const { client, asked } = clientOf(() => {
      answers -= 1;
      return answers >= 0 ? Promise.resolve(TAGS) : Promise.reject(errorOf("timeout"));
    });
    const { updater } = createWorld({
      settings: { registries: [client], concurrency: { applications: 1 } },
    });
    await updater.run(appsOn("dying.example.com"));
    expect(asked).toHaveLength(5);
  });
});
