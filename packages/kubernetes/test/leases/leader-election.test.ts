import { createTestClock, type TestClock } from "@image-updater/core/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  createLeaderElection,
  KubernetesError,
  type KubernetesApi,
  type LeaderElection,
} from "../../src/index.js";
import type { KubernetesTestApi } from "../../src/testing/index.js";
import { startServer } from "../support/test-server.js";

const place = { namespace: "argocd", name: "image-updater" };

interface Candidate {
  readonly election: LeaderElection;
  readonly clock: TestClock;
  readonly errors: unknown[];
  /** How its network behaves. */
  network: "fine" | "lost" | "silent";
  stop(): Promise<void>;
}

/** Somebody who wants to lead until told otherwise. */
function campaign(
  api: KubernetesApi,
  identity: string,
  clock: TestClock,
  lead: (signal: AbortSignal) => Promise<void> = untilAborted,
  network: Candidate["network"] = "fine",
): Candidate {
  const controller = new AbortController();
  const errors: unknown[] = [];
  const election = createLeaderElection({
    ...place,
    identity,
    clock,
    random: () => 0,
    onError: (error) => errors.push(error),
    api: {
      ...api,
      request: (request) => {
        if (candidate.network === "fine") return underWay(api.request(request));
        if (candidate.network === "silent") return new Promise(() => undefined);
        return Promise.reject(new KubernetesError("unavailable", "the network is lost"));
      },
    },
  });
  const candidate: Candidate = {
    election,
    clock,
    errors,
    network,
    async stop(): Promise<void> {
      controller.abort();
      await run;
    },
  };
  const run = election.run(lead, { signal: controller.signal });
  onTestFinished(() => controller.abort());
  return candidate;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function specOf(server: KubernetesTestApi): Readonly<Record<string, unknown>> {
  const spec = server.get({ kind: "Lease", ...place })?.["spec"];
  return { ...(typeof spec === "object" ? spec : {}) };
}

/** Lets time pass, and the candidates do what they do then. */
async function pass(seconds: number, clocks: readonly TestClock[]): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    for (const clock of clocks) clock.advance(1000);
    await quiet();
  }
}

let requests = 0;

async function underWay<T>(request: Promise<T>): Promise<T> {
  requests += 1;
  try {
    return await request;
  } finally {
    requests -= 1;
  }
}

/** Until all wait for the clock: no request is under way, and none begins right after the last. */
async function quiet(): Promise<void> {
  for (let turns = 0; turns < 5; turns = requests === 0 ? turns + 1 : 0) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

async function leading(candidate: Candidate): Promise<void> {
  await expect.poll(() => candidate.election.leads).toBe(true);
}

describe("of two candidates", () => {
  it("one leads, and the other as soon as the first gives it up", async () => {
    const { api, server } = await startServer();
    const clock = createTestClock();
    const first = campaign(api, "first", clock);
    await leading(first);
    expect(specOf(server)).toEqual({
      holderIdentity: "first",
      leaseDurationSeconds: 15,
      acquireTime: "2024-01-01T00:00:00.000000Z",
      renewTime: "2024-01-01T00:00:00.000000Z",
      leaseTransitions: 0,
    });
    const second = campaign(api, "second", clock);
    await pass(60, [clock]);
    expect([first.election.leads, second.election.leads]).toEqual([true, false]);
    expect(specOf(server)).toMatchObject({ renewTime: "2024-01-01T00:01:00.000000Z" });
    await first.stop();
    expect([first.election.leads, specOf(server)["holderIdentity"]]).toEqual([false, ""]);
    await pass(2, [clock]);
    await leading(second);
    expect(specOf(server)).toMatchObject({ holderIdentity: "second", leaseTransitions: 1 });
    await second.stop();
  });

  it("one leads when both begin at once", async () => {
    const { api } = await startServer();
    const clock = createTestClock();
    const both = [campaign(api, "first", clock), campaign(api, "second", clock)];
    await expect.poll(() => both.some(({ election }) => election.leads)).toBe(true);
    await pass(4, [clock]);
    expect(both.filter(({ election }) => election.leads)).toHaveLength(1);
  });

  it.each(["lost", "silent"] as const)(
    "the first stops before the second takes over when its network is %s",
    async (network) => {
      const { api } = await startServer();
      const clock = createTestClock();
      const first = campaign(api, "first", clock);
      await leading(first);
      const second = campaign(api, "second", clock);
      await pass(2, [clock]);
      first.network = network;
      await pass(9, [clock]);
      expect([first.election.leads, second.election.leads]).toEqual([true, false]);
      await pass(1, [clock]);
      expect([first.election.leads, second.election.leads]).toEqual([false, false]);
      await pass(3, [clock]);
      expect(second.election.leads).toBe(false);
      await pass(5, [clock]);
      await leading(second);
      first.network = "fine";
      await pass(20, [clock]);
      expect([first.election.leads, second.election.leads]).toEqual([false, true]);
    },
  );

  it.each(["2023-06-01T00:00:00Z", "2025-06-01T00:00:00Z"])(
    "the second believes its own clock, not that of the first: %s",
    async (start) => {
      const { api } = await startServer();
      const clocks = [createTestClock(start), createTestClock()] as const;
      const first = campaign(api, "first", clocks[0]);
      await leading(first);
      const second = campaign(api, "second", clocks[1]);
      await pass(40, clocks);
      expect([first.election.leads, second.election.leads]).toEqual([true, false]);
      first.network = "lost";
      await pass(13, clocks);
      expect([first.election.leads, second.election.leads]).toEqual([false, false]);
      await pass(6, clocks);
      await leading(second);
    },
  );
});

describe("a leader", () => {
  it.each<readonly [string, (server: KubernetesTestApi) => void]>([
    [
      "whose lease somebody took",
      (server) => {
        const spec = { ...specOf(server), holderIdentity: "other" };
        server.put({ apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: place, spec });
      },
    ],
    ["whose lease somebody deleted", (server) => server.remove({ kind: "Lease", ...place })],
  ])("%s stops, and is a candidate again", async (_, change) => {
    const { api, server } = await startServer();
    const clock = createTestClock();
    let stopped = 0;
    const candidate = campaign(api, "first", clock, async (signal) => {
      await untilAborted(signal);
      stopped += 1;
    });
    await leading(candidate);
    change(server);
    await pass(2, [clock]);
    expect(stopped).toBe(1);
    await pass(20, [clock]);
    await leading(candidate);
    expect(specOf(server)["holderIdentity"]).toBe("first");
  });

  it("goes on when somebody adds to its lease, and keeps what was added", async () => {
    const { api, server } = await startServer();
    const clock = createTestClock();
    const candidate = campaign(api, "first", clock);
    await leading(candidate);
    const lease = server.get({ kind: "Lease", ...place });
    const spec = { ...specOf(server), strategy: "OldestEmulationVersion" };
    server.put({ ...lease, spec, metadata: { ...place, labels: { team: "web" } } });
    await pass(20, [clock]);
    expect(candidate.election.leads).toBe(true);
    expect(server.get({ kind: "Lease", ...place })?.metadata.labels).toEqual({ team: "web" });
    expect(specOf(server)["strategy"]).toBe("OldestEmulationVersion");
    expect(candidate.errors).toEqual([]);
  });

  it("goes on when the answer to a renewal was lost", async () => {
    const { api, server } = await startServer();
    const clock = createTestClock();
    const candidate = campaign(api, "first", clock);
    await leading(candidate);
    server.setFaults([{ verb: "update", behave: "lose-answer", times: 1 }]);
    await pass(20, [clock]);
    expect(candidate.election.leads).toBe(true);
    expect(candidate.errors).toHaveLength(1);
  });

  it("keeps the lease until its work has ended", async () => {
    const { api, server } = await startServer();
    const clock = createTestClock();
    let finish = (): void => undefined;
    const candidate = campaign(api, "first", clock, async () => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
    });
    await leading(candidate);
    const stopped = candidate.stop();
    await pass(30, [clock]);
    expect(specOf(server)).toMatchObject({
      holderIdentity: "first",
      renewTime: "2024-01-01T00:00:30.000000Z",
    });
    finish();
    await stopped;
    expect(specOf(server)["holderIdentity"]).toBe("");
  });

  it("whose work ends, or fails, gives the lease up", async () => {
    const { api, server } = await startServer();
    const settings = { api, ...place, identity: "first", clock: createTestClock() };
    await createLeaderElection(settings).run(async () => undefined);
    expect(specOf(server)["holderIdentity"]).toBe("");
    const failed = createLeaderElection(settings).run(() => Promise.reject(new Error("no")));
    await expect(failed).rejects.toThrow("no");
    expect(specOf(server)["holderIdentity"]).toBe("");
  });

  it("takes its own lease back at once after a restart", async () => {
    const { api, server } = await startServer();
    const spec = { holderIdentity: "first", leaseDurationSeconds: 3600, leaseTransitions: 4 };
    server.put({ apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: place, spec });
    const candidate = campaign(api, "first", createTestClock());
    await leading(candidate);
    expect(specOf(server)["leaseTransitions"]).toBe(4);
  });
});

describe("trouble with the lease", () => {
  it("is told once as long as it stays the same, and again after it was over", async () => {
    const { api } = await startServer();
    const clock = createTestClock();
    const candidate = campaign(api, "first", clock);
    await leading(candidate);
    for (const network of ["lost", "fine", "lost"] as const) {
      candidate.network = network;
      await pass(7, [clock]);
    }
    const lost: unknown = expect.stringContaining("the network is lost");
    expect(candidate.errors.map(String)).toEqual([lost, lost]);
  });

  it("of a candidate is told once", async () => {
    const { api } = await startServer({ faults: [{ verb: "get", behave: "conflict" }] });
    const clock = createTestClock();
    const candidate = campaign(api, "first", clock);
    await pass(60, [clock]);
    expect(candidate.errors).toHaveLength(1);
  });

  it.each([1, 5, 3600])(
    "of a process that stood still is told without a time, %s s too late",
    async (late) => {
      const { api } = await startServer();
      const clock = createTestClock();
      const candidate = campaign(api, "first", clock);
      await leading(candidate);
      candidate.network = "silent";
      await pass(2, [clock]);
      clock.advance(9000 + late * 1000);
      // Nobody has told it yet.
      expect(candidate.election.leads).toBe(false);
      await pass(1, [clock]);
      expect(candidate.errors.length).toBeGreaterThan(0);
      expect(candidate.errors.map(String).join()).not.toMatch(/-\d|\d ms/u);
    },
  );
});

describe("a candidate", () => {
  it("of an API that never answers tries again after its deadline", async () => {
    const { api } = await startServer();
    const clock = createTestClock();
    const candidate = campaign(api, "first", clock, untilAborted, "silent");
    await pass(9, [clock]);
    expect(candidate.errors).toEqual([]);
    await pass(1, [clock]);
    expect(candidate.errors).toMatchObject([{ name: "KubernetesError", code: "timeout" }]);
    candidate.network = "fine";
    await pass(2, [clock]);
    await leading(candidate);
  });

  it("of an API that never answers is stopped at once, and leaves nothing pending", async () => {
    const { api } = await startServer();
    const clock = createTestClock();
    const candidate = campaign(api, "first", clock, untilAborted, "silent");
    await pass(1, [clock]);
    await candidate.stop();
    expect([candidate.errors, clock.pending]).toEqual([[], 0]);
  });

  it("without the rights says so, and leads when it has them", async () => {
    const { api, server } = await startServer({ faults: [{ verb: "create", behave: "conflict" }] });
    const clock = createTestClock();
    const candidate = campaign(api, "first", clock);
    await expect.poll(() => candidate.errors).toHaveLength(1);
    expect(candidate.errors).toMatchObject([{ name: "KubernetesError" }]);
    server.setFaults([]);
    await pass(3, [clock]);
    await leading(candidate);
  });

  it.each([
    { renewDeadlineMs: 15_000 },
    { retryPeriodMs: 10_000 },
    { leaseDurationMs: 500, renewDeadlineMs: 300, retryPeriodMs: 100 },
    { retryPeriodMs: 0 },
  ])("does not begin with the times %o", async (times) => {
    const { api } = await startServer();
    expect(() => createLeaderElection({ api, ...place, identity: "a", ...times })).toThrow(
      "each has to be longer",
    );
  });
});
