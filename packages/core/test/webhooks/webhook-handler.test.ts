import { describe, expect, it } from "vitest";
import { webhookKinds, type WebhookKind } from "../../src/webhooks/webhook-kind.js";
import {
  createWebhookHandler,
  type WebhookHandlerSettings,
  type WebhookHttpRequest,
  type WebhookHttpResponse,
} from "../../src/webhooks/webhook-handler.js";
import type { PushEvent } from "../../src/webhooks/webhook-result.js";
import type { WebhookParser } from "../../src/webhooks/webhook-parser.js";
import { SAMPLES, SECRET } from "./sample-webhooks.js";

interface Answer {
  readonly response: WebhookHttpResponse;
  readonly events: readonly PushEvent[];
  readonly errors: readonly unknown[];
}

async function answer(
  request: WebhookHttpRequest,
  settings: Partial<WebhookHandlerSettings> = {},
): Promise<Answer> {
  const events: PushEvent[] = [];
  const errors: unknown[] = [];
  const secrets = Object.fromEntries(webhookKinds.map((kind) => [kind, SECRET]));
  const handle = createWebhookHandler({
    secrets,
    onPush: (event) => {
      events.push(event);
    },
    onError: (error) => {
      errors.push(error);
    },
    ...settings,
  });
  const response = await handle(request);
  await settle();
  return { response, events, errors };
}

/** Until work that was started in the background has come to its end. */
async function settle(): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

function post(kind: WebhookKind, more: Partial<WebhookHttpRequest> = {}): WebhookHttpRequest {
  const sample = SAMPLES[kind];
  const body = JSON.stringify(sample.payload);
  const proof = sample.prove(body);
  return {
    method: "POST",
    query: { type: kind, ...sample.query, ...proof.query },
    headers: { ...sample.headers, ...proof.headers },
    body,
    ...more,
  };
}

describe("a webhook that is taken", () => {
  it.each(webhookKinds)("of %s is answered and handed on", async (kind) => {
    const { response, events } = await answer(post(kind));
    expect(response).toEqual({
      status: 200,
      headers: { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" },
      body: "webhook received\n",
    });
    expect(events[0]).toEqual(SAMPLES[kind].event);
  });

  it.each([
    { name: "a path", url: "/webhook?type=docker.io&secret=correct+horse" },
    { name: "a URL", url: "https://host/hook?secret=correct%20horse&type=docker.io#x" },
  ])("gives its kind and secret in the query of $name", async ({ url }) => {
    const { response } = await answer(post("docker.io", { url, query: undefined }));
    expect(response.status).toBe(200);
  });

  it("gives its kind in a header where the query has none", async () => {
    const sample = post("harbor");
    const headers = { ...sample.headers, "x-registry-type": "harbor" };
    expect((await answer({ ...sample, headers, query: {} })).response.status).toBe(200);
    const query = { type: "docker.io", secret: SECRET };
    expect((await answer({ ...sample, headers, query })).response.body).toMatch(/push_data/);
  });

  it("is answered before its work is done", async () => {
    const steps: string[] = [];
    const handle = createWebhookHandler({
      secrets: { harbor: SECRET },
      onPush: async () => {
        steps.push("begun");
        await settle();
        steps.push("done");
      },
      onError: () => undefined,
    });
    await handle(post("harbor"));
    expect(steps).not.toContain("done");
    await settle();
    await settle();
    expect(steps).toEqual(["begun", "done"]);
  });

  it.each([
    {
      name: "throws",
      onPush: () => {
        throw new Error("broken");
      },
    },
    { name: "rejects", onPush: () => Promise.reject(new Error("broken")) },
  ])("is answered when onPush $name, and onError is told", async ({ onPush }) => {
    const told: unknown[] = [];
    const onError = (error: unknown, event: PushEvent): void => {
      told.push(String(error), event.repository);
      throw new Error("onError is broken too");
    };
    const { response } = await answer(post("harbor"), { onPush, onError });
    expect(response.status).toBe(200);
    expect(told).toEqual(["Error: broken", "team/app"]);
  });
});

describe("a webhook that is refused", () => {
  it.each<{ name: string; request: WebhookHttpRequest; status: number; body: RegExp }>([
    {
      name: "another method",
      request: post("harbor", { method: "GET" }),
      status: 405,
      body: /POST/,
    },
    {
      name: "no kind",
      request: post("harbor", { query: {} }),
      status: 400,
      body: /missing; write one of docker\.io, ghcr\.io/,
    },
    {
      name: "an unknown kind",
      request: post("harbor", { query: { type: "jfrog" } }),
      status: 400,
      body: /"jfrog" is not a kind of webhook; write one of docker\.io/,
    },
    {
      name: "a kind that every object has",
      request: post("harbor", { url: "/?type=__proto__", query: undefined }),
      status: 400,
      body: /is not a kind of webhook/,
    },
    {
      name: "no secret",
      request: post("harbor", { headers: SAMPLES.harbor.headers }),
      status: 400,
      body: /belongs in the header Authorization/,
    },
    {
      name: "a wrong secret",
      request: post("docker.io", { query: { type: "docker.io", secret: "wrong" } }),
      status: 400,
      body: /does not fit the configured secret/,
    },
    {
      name: "a large body",
      request: post("harbor", { body: new Uint8Array(1024 * 1024 + 1) }),
      status: 413,
      body: /1048576 bytes/,
    },
    {
      name: "no push",
      request: post("harbor", { body: '{"type":"PULL_ARTIFACT"}' }),
      status: 400,
      body: /PUSH_ARTIFACT/,
    },
  ])("for $name", async ({ request, status, body }) => {
    const { response, events, errors } = await answer(request);
    expect(response.status).toBe(status);
    expect(response.body).toMatch(body);
    expect(response.body).not.toContain(SECRET);
    expect(response.headers["allow"]).toBe(status === 405 ? "POST" : undefined);
    expect([...events, ...errors]).toEqual([]);
  });

  it("quotes a sender on one short line", async () => {
    const type = `<script>\n${"x".repeat(1000)}`;
    const { response } = await answer(post("harbor", { query: { type } }));
    expect(response.body.trim().split("\n")).toHaveLength(1);
    expect(response.body.length).toBeLessThan(250);
  });
});

describe("a kind without secret", () => {
  const request = post("harbor", { headers: SAMPLES.harbor.headers });

  it.each([{}, { harbor: "" }, { harbor: undefined }, { quay: SECRET }])(
    "is refused unless secrets are not required: %j",
    async (secrets) => {
      const strict = await answer(request, { secrets });
      expect(strict.response).toMatchObject({ status: 400 });
      expect(strict.response.body).toBe("no secret is configured for harbor; set one\n");
      const open = await answer(request, { secrets, requireSecret: false });
      expect(open.response.status).toBe(200);
    },
  );

  it("does not open the kinds that have one", async () => {
    const settings = { secrets: { harbor: SECRET }, requireSecret: false };
    expect((await answer(request, settings)).response.status).toBe(400);
  });
});

describe("a delivery that comes again", () => {
  const handlerOf = (settings: Partial<WebhookHandlerSettings> = {}) => {
    const events: PushEvent[] = [];
    const handle = createWebhookHandler({
      secrets: { ecr: SECRET, harbor: SECRET },
      onPush: (event) => {
        events.push(event);
      },
      onError: () => undefined,
      ...settings,
    });
    return { handle, events };
  };

  it("is answered with success and dropped", async () => {
    const { handle, events } = handlerOf();
    const answers = [await handle(post("ecr")), await handle(post("ecr"))];
    await settle();
    expect(answers.map(({ status, body }) => `${status} ${body}`)).toEqual([
      "200 webhook received\n",
      "200 webhook received before\n",
    ]);
    expect(events).toHaveLength(1);
  });

  it("is taken where the sender does not name its deliveries", async () => {
    const { handle, events } = handlerOf();
    await handle(post("harbor"));
    await handle(post("harbor"));
    await settle();
    expect(events).toHaveLength(2);
  });

  it("is taken again after its work failed", async () => {
    let calls = 0;
    const onPush = () => {
      calls += 1;
      return Promise.reject(new Error("broken"));
    };
    const { handle } = handlerOf({ onPush });
    await handle(post("ecr"));
    await settle();
    await handle(post("ecr"));
    await settle();
    expect(calls).toBe(2);
  });

  it.each([
    { limit: 0, taken: 2 },
    { limit: 1, taken: 1 },
  ])("is taken $taken times with $limit remembered", async ({ limit, taken }) => {
    const { handle, events } = handlerOf({ rememberedDeliveries: limit });
    await handle(post("ecr"));
    await handle(post("ecr"));
    await settle();
    expect(events).toHaveLength(taken);
  });
});

describe("a parser of one's own", () => {
  const own: WebhookParser = {
    secretIn: ["webhook-secret"],
    contentType: "any",
    parse: (payload) => {
      if (payload === "fail") throw new Error(SECRET);
      return {
        kind: "push",
        event: { kind: "own", registry: "r.example", repository: String(payload) },
      };
    },
  };
  const send = (body: string, secret = SECRET) =>
    answer(
      {
        method: "POST",
        query: { type: "own" },
        headers: { "x-webhook-secret": secret },
        body,
      },
      { parsers: { own }, secrets: { own: SECRET } },
    );

  it("reads its kind", async () => {
    const { response, events } = await send('"team/app"');
    expect(response.status).toBe(200);
    expect(events).toEqual([{ kind: "own", registry: "r.example", repository: "team/app" }]);
  });

  it("is behind the same secret", async () => {
    expect((await send('"team/app"', "wrong")).response.status).toBe(400);
  });

  it("that fails is answered with 500, without what it threw", async () => {
    const { response } = await send('"fail"');
    expect(response.status).toBe(500);
    expect(response.body).not.toContain(SECRET);
  });
});

describe("a handshake", () => {
  const options = (kind: string, headers: Record<string, string>, secret = SECRET) =>
    answer({
      method: "OPTIONS",
      query: { type: kind, secret },
      headers,
      body: "",
    });

  it.each(["acr", "cloudevents"])("of a sender of CloudEvents as %s is answered", async (kind) => {
    const origin = { "WebHook-Request-Origin": "eventgrid.azure.net" };
    const { response } = await options(kind, origin);
    expect(response).toMatchObject({
      status: 200,
      headers: { "webhook-allowed-origin": "eventgrid.azure.net" },
    });
    expect((await options(kind, origin, "wrong")).response.status).toBe(400);
    expect((await options(kind, {})).response.status).toBe(400);
    const split = { "WebHook-Request-Origin": "a\r\nset-cookie: x" };
    expect((await options(kind, split)).response.status).toBe(400);
  });

  it("of another kind is refused", async () => {
    expect((await options("harbor", {})).response.status).toBe(405);
  });

  it("of Azure Event Grid is answered with its code", async () => {
    const { response, events } = await answer({
      method: "POST",
      query: { type: "acr", secret: SECRET },
      headers: { "content-type": "application/json", "aeg-event-type": "SubscriptionValidation" },
      body: JSON.stringify([
        {
          id: "2d1781af-3a4c-4d7c-bd0c-e34b19da4e66",
          topic: "/subscriptions/x",
          subject: "",
          data: { validationCode: "512d38b6", validationUrl: "https://rp.example/validate" },
          eventType: "Microsoft.EventGrid.SubscriptionValidationEvent",
          eventTime: "2018-01-25T22:12:19.4556811Z",
        },
      ]),
    });
    expect(response.status).toBe(200);
    expect(response.body).toBe('{"validationResponse":"512d38b6"}');
    expect(events).toEqual([]);
  });
});

describe("createWebhookHandler never throws", () => {
  it.each([
    undefined,
    null,
    {},
    { method: 1 },
    { method: "POST" },
    { method: "POST", headers: null, body: "" },
    { method: "POST", headers: {}, query: null, body: "" },
    { method: "POST", headers: {}, query: { type: "harbor" } },
  ])("on %j", async (request) => {
    const { response, events } = await answer(request as never);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(events).toEqual([]);
  });
});
