import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { createHttpClient } from "../../src/http/http-client.js";
import type { HttpRequest } from "../../src/http/http-message.js";
import { createJumpingClock } from "../support/jumping-clock.js";
import { registryErrorOf, startServer } from "../support/loopback.js";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

function ask(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: "GET", url: new URL(url), place: { host: "r" }, bodyLimit: 1000, ...more };
}

/** A server that answers one status after the other, the last for ever. */
async function startStatuses(
  ...steps: readonly (readonly [number, Record<string, string>?])[]
): Promise<{ readonly url: string; count(): number }> {
  let count = 0;
  const url = await startServer((_, response) => {
    const [status, headers] = steps[Math.min(count, steps.length - 1)] ?? [500];
    count += 1;
    response.writeHead(status, headers ?? {}).end("body");
  });
  return { url, count: () => count };
}

describe("retries", () => {
  it.each([408, 429, 500, 502, 503, 504, 599])("tries again on %i", async (status) => {
    const server = await startStatuses([status], [200]);
    const http = createHttpClient({ clock: createJumpingClock() });
    await expect(http.send(ask(server.url))).resolves.toMatchObject({ status: 200 });
    expect(server.count()).toBe(2);
  });

  it.each([200, 304, 400, 401, 403, 404, 405, 501])("takes %i as it is", async (status) => {
    const server = await startStatuses([status]);
    const http = createHttpClient({ clock: createJumpingClock() });
    await expect(http.send(ask(server.url))).resolves.toMatchObject({ status });
    expect(server.count()).toBe(1);
  });

  it("doubles its waits, and answers with the last status when they are used up", async () => {
    const server = await startStatuses([503]);
    const clock = createJumpingClock();
    const http = createHttpClient({ clock, retries: 4, random: () => 0.5 });
    await expect(http.send(ask(server.url))).resolves.toMatchObject({ status: 503 });
    expect(clock.delays).toEqual([500, 1000, 2000, 4000]);
    expect(server.count()).toBe(5);
  });

  it.each([
    [0, 250],
    [0.999, 749.5],
  ])("spreads the waits with jitter %d", async (random, wait) => {
    const server = await startStatuses([503], [200]);
    const clock = createJumpingClock();
    await createHttpClient({ clock, random: () => random }).send(ask(server.url));
    expect(clock.delays).toEqual([wait]);
  });

  it("waits as long as Retry-After says", async () => {
    const start = Date.parse("2026-01-01T00:00:00Z");
    const server = await startStatuses(
      [429, { "retry-after": "7" }],
      [503, { "retry-after": "Thu, 01 Jan 2026 00:00:17 GMT" }],
      [200],
    );
    const clock = createJumpingClock(start);
    await createHttpClient({ clock, random: () => 0 }).send(ask(server.url));
    expect(clock.delays).toEqual([7000, 10_000]);
  });

  it("does not begin a wait that ends after the deadline", async () => {
    const server = await startStatuses([429, { "retry-after": "61" }]);
    const clock = createJumpingClock();
    await expect(createHttpClient({ clock }).send(ask(server.url))).resolves.toMatchObject({
      status: 429,
    });
    expect(clock.delays).toEqual([]);
  });

  it("tries again after a connection that broke, in the body too", async () => {
    const steps: Handler[] = [
      (request) => request.socket.destroy(),
      (request, response) => {
        response.writeHead(200, { "content-length": "10" });
        response.write("half", () => request.socket.destroy());
      },
      (_, response) => response.end("whole"),
    ];
    const url = await startServer((request, response) => steps.shift()?.(request, response));
    const { body } = await createHttpClient({ clock: createJumpingClock() }).send(ask(url));
    expect(Buffer.from(body).toString()).toBe("whole");
  });

  it("says unavailable, with the place, when nobody listens", async () => {
    const http = createHttpClient({ clock: createJumpingClock(), retries: 1 });
    const error = await registryErrorOf(http.send(ask("http://127.0.0.1:1/")));
    expect(error).toMatchObject({ code: "unavailable", retryable: true });
    expect(error.message).toBe("r: no connection (ECONNREFUSED)");
  });
});

describe("limits", () => {
  it("refuses a body over the limit and hangs up", async () => {
    let closed = (): void => {};
    const hungUp = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const url = await startServer((_, response) => {
      response.on("close", closed);
      const pump = (): void => {
        while (!response.destroyed && response.write("x".repeat(1000)));
      };
      response.on("drain", pump);
      pump();
    });
    const error = await registryErrorOf(createHttpClient().send(ask(url)));
    expect(error.code).toBe("too-large");
    await hungUp;
  });

  it("takes a body of exactly the limit", async () => {
    const url = await startServer((_, response) => response.end("x".repeat(1000)));
    const { body } = await createHttpClient().send(ask(url));
    expect(body).toHaveLength(1000);
  });

  it("cuts an error's body instead of refusing it", async () => {
    const url = await startServer((_, response) => {
      response.writeHead(403).end("x".repeat(1_000_000));
    });
    const { status, body } = await createHttpClient().send(ask(url));
    expect([status, body.length]).toEqual([403, 64 * 1024]);
  });

  it.each([
    ["sends nothing", (): void => {}],
    [
      "stops in the body",
      (_: IncomingMessage, response: ServerResponse): void => {
        response.writeHead(200, { "content-length": "10" }).write("half");
      },
    ],
  ])("gives up on a server that %s", async (_, handler: Handler) => {
    const url = await startServer(handler);
    const http = createHttpClient({ requestTimeoutMs: 50 });
    const error = await registryErrorOf(http.send(ask(url)));
    expect(error).toMatchObject({ code: "timeout", retryable: true });
  });

  it("refuses an encoding it did not ask for", async () => {
    const url = await startServer((_, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end("x");
    });
    const error = await registryErrorOf(createHttpClient().send(ask(url)));
    expect(error.code).toBe("invalid-response");
  });

  it("refuses what is not HTTP", async () => {
    const url = await startServer((request) => request.socket.end("SSH-2.0-OpenSSH_9.0\r\n\r\n"));
    const error = await registryErrorOf(createHttpClient().send(ask(url)));
    expect(error.code).toBe("invalid-response");
  });

  it("has no more requests under way than it may", async () => {
    let most = 0;
    const waiting: ServerResponse[] = [];
    const url = await startServer((_, response) => {
      most = Math.max(most, waiting.push(response));
      // All that may come are here; one more would come before they are answered.
      if (waiting.length === 3) {
        setTimeout(() => {
          for (const one of waiting.splice(0)) one.end();
        }, 10);
      }
    });
    const http = createHttpClient({ maxConcurrency: 3 });
    await Promise.all(Array.from({ length: 12 }, () => http.send(ask(url))));
    expect(most).toBe(3);
  });
});

describe("cancelling", () => {
  it("ends a request under way, and the place it held is free again", async () => {
    const handlers: Handler[] = [(): void => {}, (_, response) => response.end("ok")];
    const url = await startServer((request, response) => handlers.shift()?.(request, response));
    const http = createHttpClient({ maxConcurrency: 1 });
    const controller = new AbortController();
    const cancelled = registryErrorOf(http.send(ask(url, { signal: controller.signal })));
    setTimeout(() => controller.abort(), 20);
    expect(await cancelled).toMatchObject({ code: "cancelled", retryable: false });
    await expect(http.send(ask(url))).resolves.toMatchObject({ status: 200 });
  });

  it("ends a wait before another attempt", async () => {
    const server = await startStatuses([503, { "retry-after": "30" }]);
    const controller = new AbortController();
    const { signal } = controller;
    const sent = registryErrorOf(createHttpClient().send(ask(server.url, { signal })));
    await expect.poll(() => server.count()).toBe(1);
    controller.abort();
    expect((await sent).code).toBe("cancelled");
    expect(server.count()).toBe(1);
  });

  it("sends nothing for a signal that is aborted", async () => {
    const server = await startStatuses([200]);
    const request = ask(server.url, { signal: AbortSignal.abort() });
    expect(await registryErrorOf(createHttpClient().send(request))).toMatchObject({
      code: "cancelled",
    });
    expect(server.count()).toBe(0);
  });
});

describe("redirects", () => {
  it("follows to another origin without Authorization, and does not restore it", async () => {
    const seen: (string | undefined)[] = [];
    let home = "";
    const away = await startServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(307, { location: `${home}/end` }).end();
    });
    home = await startServer((request, response) => {
      seen.push(request.headers.authorization);
      if (request.url === "/end") response.end("end");
      else response.writeHead(307, { location: away }).end();
    });
    const response = await createHttpClient().send(ask(home, { authorization: "Bearer t" }));
    expect(response.url.href).toBe(`${home}/end`);
    expect(seen).toEqual(["Bearer t", undefined, undefined]);
  });

  it.each([301, 302, 303, 307, 308])(
    "keeps Authorization on the same origin (%i)",
    async (status) => {
      const seen: IncomingMessage[] = [];
      const url = await startServer((request, response) => {
        if (request.url === "/to") {
          seen.push(request);
          response.end();
        } else response.writeHead(status, { location: "/to" }).end();
      });
      await createHttpClient().send(ask(url, { method: "HEAD", authorization: "Bearer t" }));
      expect(seen.map(({ method, headers }) => [method, headers.authorization])).toEqual([
        ["HEAD", "Bearer t"],
      ]);
    },
  );

  it.each([
    ["a link-local address", "http://169.254.169.254/latest/meta-data?token=secret"],
    ["another scheme", "file:///etc/passwd"],
    ["user information", "http://user:secret@127.0.0.1/"],
    ["what is not a URL", "http://[secret"],
  ])("refuses a redirect to %s", async (_, location) => {
    const server = await startStatuses([307, { location }]);
    const error = await registryErrorOf(createHttpClient().send(ask(server.url)));
    expect(error.code).toBe("refused-address");
    expect(error.message).not.toContain("secret");
  });

  it("gives up on a loop", async () => {
    const server = await startStatuses([302, { location: "/" }]);
    const error = await registryErrorOf(createHttpClient().send(ask(server.url)));
    expect(error.code).toBe("refused-address");
    expect(server.count()).toBe(6);
  });

  it("does not follow for a POST, whose body is a secret", async () => {
    const server = await startStatuses([307, { location: "/" }]);
    const request = ask(server.url, { method: "POST", body: "refresh_token=secret" });
    await expect(createHttpClient().send(request)).resolves.toMatchObject({ status: 307 });
  });
});
