import { createServer } from "node:http";
import { z } from "zod";
import { describe, expect, it } from "vitest";
import type { OpenApiCall } from "../../src/openapi/open-api-call.js";
import { openApiConnection } from "../../src/openapi/open-api-connection.js";
import { sendCall } from "../../src/openapi/send-call.js";
import {
  closeAfterTest,
  createJumpingClock,
  refusingDispatcher,
  registryErrorOf,
} from "../support/acr.js";

const KEY = { accessKeyId: "STS.id", accessKeySecret: "s3cr3t", securityToken: "t0k3n" };
const CALL: OpenApiCall = {
  method: "GET",
  path: ["tokens"],
  query: {},
  action: "GetAuthorizationToken",
  version: "2016-06-07",
};

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const OK: Answer = { status: 200, body: { fine: true } };

describe("sendCall", () => {
  it("signs each attempt anew, and waits as the server asks in milliseconds", async () => {
    const { url, requests } = await startServer([
      throttled("Throttling.User", { "x-acs-retry-after": "1500" }),
      throttled("Throttling.Api", { "x-acs-retry-after": "20" }),
      OK,
    ]);
    const clock = createJumpingClock();
    await expect(send(url, clock)).resolves.toEqual({ fine: true });
    expect(clock.delays).toEqual([1500, 20]);
    const nonces = requests.map(({ headers }) => headers["x-acs-signature-nonce"]);
    expect(new Set(nonces).size).toBe(3);
    expect(nonces[0]).toMatch(/^[0-9a-f]{32}$/);
  });

  it("waits twice as long each time where the server does not say", async () => {
    const { url } = await startServer([throttled("Throttling"), { status: 503 }, OK]);
    const clock = createJumpingClock();
    await send(url, clock);
    expect(clock.delays).toEqual([250, 500]);
  });

  it("reads Retry-After where there is no other", async () => {
    const { url } = await startServer([{ status: 429, headers: { "retry-after": "2" } }, OK]);
    const clock = createJumpingClock();
    await send(url, clock);
    expect(clock.delays).toEqual([2000]);
  });

  it("gives up after three more tries, and where the wait is too long", async () => {
    const often = await startServer([throttled("Throttling.User", { "x-acs-retry-after": "1" })]);
    const error = await registryErrorOf(send(often.url, createJumpingClock()));
    expect(error).toMatchObject({ code: "rate-limited", context: { retryAfterSeconds: 0.001 } });
    expect(often.requests).toHaveLength(4);
    const long = await startServer([
      throttled("Throttling.User", { "x-acs-retry-after": "61000" }),
    ]);
    await registryErrorOf(send(long.url, createJumpingClock()));
    expect(long.requests).toHaveLength(1);
  });

  it.each([
    [{ status: 403, body: { Code: "NoPermission" } }, "forbidden"],
    [{ status: 403, body: { code: "Forbidden.RAM" } }, "forbidden"],
    [{ status: 404, body: { Code: "InvalidAccessKeyId.NotFound" } }, "unauthorized"],
    [{ status: 400, body: { Code: "SignatureDoesNotMatch" } }, "unauthorized"],
    [{ status: 403, body: { Code: "InvalidSecurityToken.Expired" } }, "unauthorized"],
    [{ status: 404, body: { code: "REPO_NOT_EXIST" } }, "not-found"],
    [{ status: 200, body: { IsSuccess: false, Code: "REPO_NOT_EXIST" } }, "not-found"],
    [{ status: 200, body: { IsSuccess: false } }, "invalid-response"],
    [{ status: 400, body: "<html>" }, "invalid-response"],
    [{ status: 401 }, "unauthorized"],
    [{ status: 302, headers: { location: "http://127.0.0.1:1/" } }, "invalid-response"],
    [{ status: 200, body: { fine: "yes" } }, "invalid-response"],
    [{ status: 200, body: undefined }, "invalid-response"],
  ])("reads %j as %s, at once", async (answer, code) => {
    const { url, requests } = await startServer([answer]);
    expect((await registryErrorOf(send(url, createJumpingClock()))).code).toBe(code);
    expect(requests).toHaveLength(1);
  });

  it("names the place, the action, the code and the request, but not what the server quotes", async () => {
    const body = {
      Code: "SignatureDoesNotMatch",
      Message: `server CanonicalRequest is x-acs-security-token:${KEY.securityToken}`,
      RequestId: "ABC-1",
    };
    const { url } = await startServer([{ status: 400, body }]);
    const error = await registryErrorOf(send(url, createJumpingClock()));
    const host = new URL(url).host;
    expect(error.message).toBe(
      `registry/team/app: GetAuthorizationToken at ${host}: answered 400 (SignatureDoesNotMatch, request ABC-1)`,
    );
  });

  it("leaves out a code that is none", async () => {
    const body = { Code: `say ${KEY.securityToken}`, RequestId: "a b" };
    const { url } = await startServer([{ status: 400, body }]);
    const error = await registryErrorOf(send(url, createJumpingClock()));
    expect(error.message).toMatch(/answered 400$/);
  });

  it("sends 15 requests a second by default, ten of them at once", async () => {
    const { url } = await startServer([OK]);
    const clock = createJumpingClock();
    const connection = openApiConnection({ clock, random: () => 0 });
    const started = clock.now().getTime();
    for (let count = 0; count < 40; count += 1) await send(url, clock, connection);
    expect(clock.now().getTime() - started).toBeCloseTo(((40 - 10) * 1000) / 15, -2);
  });

  it("says cancelled for an aborted signal", async () => {
    const { url, requests } = await startServer([OK]);
    const connection = openApiConnection({ clock: createJumpingClock() });
    const ended = sendCall(connection, CALL, { ...optionsOf(url), signal: AbortSignal.abort() });
    expect((await registryErrorOf(ended)).code).toBe("cancelled");
    expect(requests).toEqual([]);
  });

  it("says unavailable without a connection, after trying again", async () => {
    const { dispatcher, origins } = refusingDispatcher();
    const clock = createJumpingClock();
    const connection = openApiConnection({ clock, dispatcher, retries: 1 });
    const error = await registryErrorOf(
      send("https://cr.cn-hangzhou.aliyuncs.com", clock, connection),
    );
    expect(error.code).toBe("unavailable");
    expect(origins).toHaveLength(2);
  });
});

function throttled(code: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status: 400, headers, body: { Code: code } };
}

function optionsOf(url: string) {
  return {
    endpoint: new URL(url),
    key: () => Promise.resolve(KEY),
    decoder: z.object({ fine: z.boolean() }),
    place: { host: "registry", repository: "team/app" },
  };
}

function send(
  url: string,
  clock: ReturnType<typeof createJumpingClock>,
  connection = openApiConnection({ clock, random: () => 0 }),
): Promise<{ readonly fine: boolean }> {
  return sendCall(connection, CALL, optionsOf(url));
}

/** Answers in order, the last one for ever. */
async function startServer(answers: readonly Answer[]): Promise<{
  readonly url: string;
  readonly requests: readonly { readonly headers: Readonly<Record<string, unknown>> }[];
}> {
  const requests: { readonly headers: Readonly<Record<string, unknown>> }[] = [];
  const server = createServer((request, response) => {
    const answer = answers[Math.min(requests.length, answers.length - 1)] ?? OK;
    requests.push({ headers: request.headers });
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body === undefined ? "" : JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  closeAfterTest({
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { url: `http://127.0.0.1:${address.port}`, requests };
}
