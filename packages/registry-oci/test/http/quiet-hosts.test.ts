import { describe, expect, it } from "vitest";
import { createConcurrencyGate } from "../../src/http/concurrency-gate.js";
import { createHttpClient } from "../../src/http/http-client.js";
import type { HttpRequest } from "../../src/http/http-message.js";
import { createPatience } from "../../src/http/patience.js";
import { createQuietHosts } from "../../src/http/quiet-hosts.js";
import { createRequestTurns } from "../../src/http/request-turns.js";
import { createJumpingClock } from "../support/jumping-clock.js";
import { registryErrorOf, startServer } from "../support/loopback.js";

function ask(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: "GET", url: new URL(url), place: { host: "r" }, bodyLimit: 1000, ...more };
}

/** Answers 429 once, and 200 from then on. */
async function startBusy(
  headers: Record<string, string>,
  body = "",
): Promise<{ readonly url: string; count(): number }> {
  let count = 0;
  const url = await startServer((_, response) => {
    count += 1;
    if (count === 1) response.writeHead(429, headers).end(body);
    else response.end("ok");
  });
  return { url, count: () => count };
}

describe("a host that said 429", () => {
  it("is left alone by all requests until the time it named", async () => {
    const server = await startBusy({ "retry-after": "30" });
    const clock = createJumpingClock();
    const http = createHttpClient({ clock, retries: 0, random: () => 0 });
    expect((await http.send(ask(server.url))).status).toBe(429);
    clock.advance(10_000);
    expect((await http.send(ask(`${server.url}/other`))).status).toBe(200);
    expect(clock.delays).toEqual([20_000]);
    await http.send(ask(server.url));
    expect(clock.delays).toHaveLength(1);
  });

  it("is left alone by those who already stand in its queue", async () => {
    const server = await startBusy({ "retry-after": "30" });
    const clock = createJumpingClock();
    const http = createHttpClient({ clock, retries: 0, maxConcurrency: 1, random: () => 0 });
    const answers = await Promise.all([1, 2, 3].map(() => http.send(ask(server.url))));
    expect(answers.map(({ status }) => status)).toEqual([429, 200, 200]);
    expect(clock.delays[0]).toBe(30_000);
  });

  it("fails those at once whose deadline is earlier, without asking it", async () => {
    const server = await startBusy({ "retry-after": "61" });
    const clock = createJumpingClock();
    const http = createHttpClient({ clock, random: () => 0 });
    await http.send(ask(server.url));
    const place = { host: "r", repository: "team/app", reference: "1.0" };
    const error = await registryErrorOf(http.send(ask(server.url, { place })));
    expect(error).toMatchObject({
      code: "rate-limited",
      retryable: true,
      context: { ...place, retryAfterSeconds: 61 },
    });
    const { host } = new URL(server.url);
    expect(error.message).toBe(
      `r/team/app:1.0: not asked: ${host} said 429 and is left alone for another 61 s`,
    );
    expect(server.count()).toBe(1);
    clock.advance(1000);
    await expect(http.send(ask(server.url))).resolves.toMatchObject({ status: 200 });
  });

  it("does not hold a request that is cancelled", async () => {
    const server = await startBusy({ "retry-after": "30" });
    const http = createHttpClient({ retries: 0 });
    await http.send(ask(server.url));
    const signal = AbortSignal.timeout(50);
    expect((await registryErrorOf(http.send(ask(server.url, { signal })))).code).toBe("cancelled");
    expect(server.count()).toBe(1);
  });

  it("does not silence other hosts", async () => {
    const busy = await startBusy({ "retry-after": "30" });
    const other = await startServer((_, response) => response.end("ok"));
    const clock = createJumpingClock();
    const http = createHttpClient({ clock, retries: 0 });
    await http.send(ask(busy.url));
    await http.send(ask(other));
    expect(clock.delays).toEqual([]);
  });

  it.each([
    ["says nothing of time", {}, "", 500],
    [
      "names microseconds",
      {},
      '{"errors":[{"code":"TOOMANYREQUESTS","message":"retry-after: 880.092µs, allowed: 44000/minute"}]}',
      500,
    ],
    ["names no time at all", { "retry-after": "0" }, "", 500],
  ])("gets a short rest when it %s", async (_, headers, body, rest) => {
    const server = await startBusy(headers, body);
    const clock = createJumpingClock();
    const http = createHttpClient({ clock, random: () => (body === "" ? 0.5 : 0) });
    expect((await http.send(ask(server.url))).status).toBe(200);
    expect(clock.delays).toHaveLength(1);
    expect(clock.delays[0]).toBeGreaterThanOrEqual(rest);
    expect(clock.delays[0]).toBeLessThan(rest * 1.2);
  });

  it("is asked again after a day, whatever it said", () => {
    const clock = createJumpingClock();
    const quiet = createQuietHosts(clock);
    quiet.silence("h", 1e12);
    quiet.silence("h", 1000);
    expect(quiet.pauseOf("h")).toBe(86_400_000);
    clock.advance(86_400_000);
    expect(quiet.pauseOf("h")).toBe(0);
  });
});

it("a request that gave its turn back takes from the rate again", async () => {
  const clock = createJumpingClock();
  const quiet = createQuietHosts(clock);
  const gate = createConcurrencyGate(1);
  const turns = createRequestTurns({ gate, quiet, clock, random: () => 0 });
  let taken = 0;
  const rate = {
    async take(): Promise<void> {
      taken += 1;
    },
  };
  const request = ask("http://h/", { rate });
  const patience = createPatience(60_000, clock);
  const leave = await turns.take(request, patience);
  const second = turns.take(request, patience);
  await new Promise((resolve) => setImmediate(resolve));
  quiet.silence("h", 5000);
  leave();
  await second;
  expect([taken, clock.delays]).toEqual([3, [5000]]);
});

it("patience counts from the first wait", () => {
  const clock = createJumpingClock();
  const patience = createPatience(1000, clock);
  clock.advance(5000);
  expect(patience.allows(1000)).toBe(true);
  clock.advance(500);
  expect([patience.allows(500), patience.allows(501)]).toEqual([true, false]);
});
