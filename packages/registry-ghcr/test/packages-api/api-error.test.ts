import { describe, expect, it } from "vitest";
import { registryErrorOf, startApi, startServer } from "../support/loopback.js";
import {
  clientOf,
  describeTags,
  digest,
  manyVersions,
  repository,
  tokens,
} from "../support/packages.js";

describe("a refusal of the API", () => {
  const packages = { "acme/app": manyVersions(150) };
  const organizations = ["acme"];

  it.each([
    ["unauthorized", "unauthorized", /401 \(Bad credentials\); the token is stale/],
    ["forbidden", "forbidden", /403 \(Resource not .*\); the token lacks read:packages/],
    ["not-found", "not-found", /knows no such package of "acme", or the token may not see it/],
    ["server-error", "unavailable", /answered 502 \(Server Error\)/],
    ["garbage", "invalid-response", /the list of versions: .+ is a web page, perhaps of a login/],
    ["disconnect", "unavailable", /no connection/],
    ["hang", "timeout", /no complete answer in time/],
  ] as const)("that is %s is %s", async (behave, code, words) => {
    const faults = [{ on: "any", behave }] as const;
    const api = await startApi({ packages, tokens, organizations, faults });
    const client = clientOf(api.url, behave === "hang" ? { requestTimeoutMs: 300 } : {});
    const error = await registryErrorOf(describeTags(client, repository));
    expect(error).toMatchObject({ code, context: { host: "ghcr.io", repository: "acme/app" } });
    expect(error.message).toMatch(words);
  });

  it.each(["unauthorized", "not-found", "server-error", "garbage", "rate-limited"] as const)(
    "on a later page gives no part of the list (%s)",
    async (behave) => {
      const faults = [{ on: "versions-page", behave }] as const;
      const api = await startApi({ packages, tokens, organizations, faults });
      const client = clientOf(api.url);
      await registryErrorOf(describeTags(client, repository));
      api.setFaults([]);
      await expect(describeTags(client, repository)).resolves.toHaveLength(150);
    },
  );

  it("that passes costs another attempt", async () => {
    const faults = [{ on: "versions", behave: "server-error", times: 2 }] as const;
    const api = await startApi({ packages, tokens, organizations, faults });
    const clock = { now: () => new Date(0), delay: () => Promise.resolve() };
    const client = clientOf(api.url, { retries: 3, clock });
    await expect(describeTags(client, repository)).resolves.toHaveLength(150);
  });

  it.each([
    ["rate-limited", 590, 601],
    ["secondary-limit", 30, 30],
  ] as const)("that is %s names the time to wait, and is final", async (behave, least, most) => {
    const faults = [{ on: "versions", behave }] as const;
    const api = await startApi({ packages, tokens, organizations, faults });
    const client = clientOf(api.url, { retries: 3 });
    const error = await registryErrorOf(describeTags(client, repository));
    expect(error).toMatchObject({
      code: "rate-limited",
      retryable: true,
      context: { status: 403 },
    });
    expect(error.context.retryAfterSeconds).toBeGreaterThanOrEqual(least);
    expect(error.context.retryAfterSeconds).toBeLessThanOrEqual(most);
    expect(error.message).toContain(`try again in ${error.context.retryAfterSeconds} s`);
    expect(api.requests).toHaveLength(1);
  });

  it("that names no time is over in a minute at the earliest", async () => {
    const url = await startServer((_request, response) => {
      response.writeHead(429, { "content-type": "application/json" });
      response.end(JSON.stringify({ message: "You have exceeded a secondary\nrate limit." }));
    });
    const error = await registryErrorOf(describeTags(clientOf(url), repository));
    expect(error).toMatchObject({ code: "rate-limited", context: { retryAfterSeconds: 60 } });
    expect(error.message).toContain("(You have exceeded a secondary rate limit.)");
  });

  it("comes when the hour is used up, and what GitHub does not count still works", async () => {
    const api = await startApi({ packages, tokens, organizations, hourlyLimit: 2 });
    const client = clientOf(api.url);
    await describeTags(client, repository);
    await expect(describeTags(client, repository)).resolves.toHaveLength(150);
    const error = await registryErrorOf(describeTags(clientOf(api.url), repository));
    expect(error.code).toBe("rate-limited");
  });

  it("is the cancelling of a call, if that is what it was", async () => {
    const faults = [{ on: "versions", behave: "hang" }] as const;
    const api = await startApi({ packages, tokens, organizations, faults });
    const signal = AbortSignal.timeout(50);
    const call = describeTags(clientOf(api.url), repository, { signal });
    expect((await registryErrorOf(call)).code).toBe("cancelled");
  });

  it("is an answer without tags, which is not complete", async () => {
    const version = { name: digest(1), created_at: "", updated_at: "", metadata: {} };
    const url = await startServer((_request, response) => {
      response.end(JSON.stringify([version]));
    });
    const error = await registryErrorOf(describeTags(clientOf(url), repository));
    expect(error.code).toBe("invalid-response");
    expect(error.message).toContain("0.metadata.container");
  });
});
