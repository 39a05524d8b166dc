import type { RegistryCallOptions } from "@image-updater/core";
import { describe, expect, it } from "vitest";
import { createPatience } from "../src/http/patience.js";
import { createClient, registryErrorOf, startServer } from "./support/loopback.js";
import { createJumpingClock } from "./support/jumping-clock.js";

const DIGEST = `sha256:${"0".repeat(64)}`;

interface Held {
  readonly apiUrl: string;
  /** Paths asked for, in order. */
  readonly asked: readonly string[];
  /** Answers one request that waits, once there is one. */
  answerOne(): Promise<void>;
}

/** A registry that answers when it is told to. */
async function startHeld(): Promise<Held> {
  const asked: string[] = [];
  const held: (() => void)[] = [];
  let arrived = (): void => {};
  const apiUrl = await startServer((request, response) => {
    asked.push(request.url ?? "");
    held.push(() => response.writeHead(200, { "docker-content-digest": DIGEST }).end());
    arrived();
  });
  return {
    apiUrl,
    asked,
    async answerOne(): Promise<void> {
      while (held.length === 0) {
        await new Promise<void>((resolve) => {
          arrived = resolve;
        });
      }
      held.shift()?.();
    },
  };
}

/** Deadlines of calls: how many of them stand still. */
function createDeadlines(): { readonly options: RegistryCallOptions; paused(): number } {
  let paused = 0;
  return {
    paused: () => paused,
    options: {
      pauseDeadline: () => {
        paused += 1;
        return () => {
          paused -= 1;
        };
      },
    },
  };
}

describe("a call that waits for a place", () => {
  it("comes before the second one of another repository", async () => {
    const { apiUrl, asked, answerOne } = await startHeld();
    const client = createClient({ maxConcurrency: 1, registriesConf: [{ apiUrl }] });
    const repositoryOf = (path: string) => ({ host: "r", path, apiUrl });
    const calls = [
      ...Array.from({ length: 20 }, (_, tag) =>
        client.resolveDigest(repositoryOf("big"), `${tag}`),
      ),
      client.resolveDigest(repositoryOf("small"), "1"),
    ];
    for (let count = 0; count < calls.length; count += 1) await answerOne();
    await Promise.all(calls);
    expect(asked.indexOf("/v2/small/manifests/1")).toBeLessThan(3);
  });

  it("does not use up its deadline, and its request does", async () => {
    const { apiUrl, asked, answerOne } = await startHeld();
    const client = createClient({ maxConcurrency: 1 });
    const repository = { host: "r", path: "a", apiUrl };
    const deadlines = createDeadlines();
    const calls = ["1", "2", "3"].map((tag) =>
      client.resolveDigest(repository, tag, deadlines.options),
    );
    for (const waiting of [2, 1, 0]) {
      await expect.poll(() => asked.length).toBe(3 - waiting);
      expect(deadlines.paused()).toBe(waiting);
      await answerOne();
    }
    await Promise.all(calls);
    expect(deadlines.paused()).toBe(0);
  });

  it("leaves the queue when it is given up", async () => {
    const { apiUrl, asked, answerOne } = await startHeld();
    const client = createClient({ maxConcurrency: 1 });
    const repository = { host: "r", path: "a", apiUrl };
    const first = client.resolveDigest(repository, "first");
    await expect.poll(() => asked.length).toBe(1);
    const controller = new AbortController();
    const { signal } = controller;
    const givenUp = Array.from({ length: 10 }, (_, tag) =>
      registryErrorOf(client.resolveDigest(repository, `${tag}`, { signal })),
    );
    const last = client.resolveDigest(repository, "last");
    controller.abort();
    for (const error of await Promise.all(givenUp)) expect(error.code).toBe("cancelled");
    await answerOne();
    await answerOne();
    await Promise.all([first, last]);
    expect(asked).toEqual(["/v2/a/manifests/first", "/v2/a/manifests/last"]);
  });
});

it("a call that waits for a low rate does not use up its deadline", async () => {
  const apiUrl = await startServer((_, response) => {
    response.writeHead(200, { "docker-content-digest": DIGEST }).end();
  });
  const clock = createJumpingClock();
  const paused: number[] = [];
  const pauseDeadline = (): (() => void) => {
    const since = clock.now().getTime();
    return () => paused.push(clock.now().getTime() - since);
  };
  const client = createClient({ clock, registriesConf: [{ apiUrl, requestsPerSecond: 1 }] });
  const calls = Array.from({ length: 20 }, (_, index) =>
    client.resolveDigest({ host: "r", path: `app${index}`, apiUrl }, "1", { pauseDeadline }),
  );
  await expect(Promise.all(calls)).resolves.toHaveLength(20);
  expect(clock.delays).toHaveLength(19);
  expect(Math.max(...paused)).toBeGreaterThan(10_000);
});

it("patience stands still in a queue", () => {
  const clock = createJumpingClock();
  const patience = createPatience(1000, clock);
  expect(patience.allows(600)).toBe(true);
  const goOn = patience.pause();
  clock.advance(60_000);
  goOn();
  expect(patience.allows(1000)).toBe(true);
  expect(patience.allows(1001)).toBe(false);
});
