import { describe, expect, it } from "vitest";
import { findParser, parseWebhook } from "../../src/webhooks/parse-webhook.js";
import { webhookKinds, type WebhookKind } from "../../src/webhooks/webhook-kind.js";
import type { WebhookRequest, WebhookValue } from "../../src/webhooks/webhook-request.js";
import { codeOf, requestOf, SAMPLES, SECRET, sign } from "./sample-webhooks.js";

const WRONG = ["wrong", `${SECRET}!`, SECRET.slice(1), SECRET.toUpperCase(), "\u{1F511}", "\uD83D"];

describe("the secret of every kind", () => {
  it.each(webhookKinds)("%s is taken where the sender puts it", (kind) => {
    expect(codeOf(parseWebhook(kind, proven(kind)))).toBe("push");
  });

  it.each(webhookKinds)("%s refuses a request that carries none", (kind) => {
    const result = parseWebhook(kind, requestOf(kind, { secret: SECRET }));
    expect(result).toMatchObject({ code: "missing-secret", status: 400 });
  });

  it.each(webhookKinds)("%s refuses a wrong one and repeats neither", (kind) => {
    for (const secret of WRONG) {
      const result = parseWebhook(kind, { ...proven(kind), secret });
      expect(result).toMatchObject({ code: "unauthorized", status: 400 });
      expect(JSON.stringify(result)).not.toContain(SECRET);
      expect(JSON.stringify(result)).not.toContain(secret);
    }
  });

  it.each(webhookKinds)("%s refuses all when an empty one is configured", (kind) => {
    for (const request of [proven(kind), requestOf(kind)]) {
      const result = parseWebhook(kind, { ...request, secret: "" });
      expect(result).toMatchObject({ code: "secret-not-configured", status: 400 });
    }
  });

  it.each(webhookKinds)("%s is checked before anything of the body is read", (kind) => {
    const request = requestOf(kind, { secret: SECRET, body: "no JSON" });
    expect(codeOf(parseWebhook(kind, request))).toBe("missing-secret");
  });

  it.each(webhookKinds)("%s does not take it in a place of other kinds", (kind) => {
    const own = findParser(kind)?.secretIn ?? [];
    const places = [
      { carriers: ["authorization", "credentials"], name: "Authorization", value: SECRET },
      { carriers: ["webhook-secret"], name: "X-Webhook-Secret", value: SECRET },
      { carriers: ["gitlab-token"], name: "X-Gitlab-Token", value: SECRET },
      { carriers: ["jfrog-auth"], name: "X-JFrog-Event-Auth", value: SECRET },
      { carriers: ["signature"], name: "X-Hub-Signature-256", value: sign("", SECRET) },
    ];
    const headers = places
      .filter(({ carriers }) => !own.some((carrier) => carriers.includes(carrier)))
      .map(({ name, value }): [string, string] => [name, value]);
    const query = own.includes("query") ? {} : { secret: SECRET };
    const request = requestOf(kind, {
      secret: SECRET,
      headers: Object.fromEntries(headers),
      query,
    });
    expect(codeOf(parseWebhook(kind, request))).toBe("missing-secret");
  });
});

describe("the secret of a CloudEvent", () => {
  const read = (query: Record<string, WebhookValue>, header: string): string =>
    codeOf(
      parseWebhook(
        "cloudevents",
        requestOf("cloudevents", {
          secret: SECRET,
          query,
          headers: { "x-webhook-secret": header },
        }),
      ),
    );

  it("may stand in the query or in a header, and the query goes first", () => {
    expect(read({ secret: SECRET }, "")).toBe("push");
    expect(read({ secret: "" }, SECRET)).toBe("push");
    expect(read({ secret: [SECRET, "x"] }, "wrong")).toBe("push");
    expect(read({ secret: "wrong" }, SECRET)).toBe("unauthorized");
  });
});

describe("GitHub's signature", () => {
  const body = JSON.stringify(SAMPLES["ghcr.io"].payload);
  const read = (signature: string, more: Partial<WebhookRequest> = {}): string =>
    codeOf(
      parseWebhook(
        "ghcr.io",
        requestOf("ghcr.io", {
          body,
          secret: SECRET,
          headers: { "x-hub-signature-256": signature },
          ...more,
        }),
      ),
    );

  it.each([
    { name: "right", signature: sign(body, SECRET), code: "push" },
    { name: "of another body", signature: sign(`${body} `, SECRET), code: "unauthorized" },
    { name: "of another secret", signature: sign(body, "other"), code: "unauthorized" },
    { name: "no hash", signature: "sha256=invalid", code: "unauthorized" },
    { name: "without prefix", signature: sign(body, SECRET).slice(7), code: "unauthorized" },
    { name: "cut short", signature: sign(body, SECRET).slice(0, -1), code: "unauthorized" },
    { name: "the secret itself", signature: SECRET, code: "unauthorized" },
    { name: "missing", signature: "", code: "missing-secret" },
  ])("that is $name: $code", ({ signature, code }) => {
    expect(read(signature)).toBe(code);
  });

  it("is over the bytes, not over the text they decode to", () => {
    const bytes = new TextEncoder().encode(body.replace("Hello-World", "Grüße"));
    expect(read(sign(bytes, SECRET), { body: bytes })).toBe("push");
    const broken = Uint8Array.of(...bytes.slice(0, 3), 0xff);
    expect(read(sign(broken, SECRET), { body: broken })).toBe("invalid-json");
    expect(read(sign("�", SECRET), { body: Uint8Array.of(0xff) })).toBe("unauthorized");
  });

  it("is the published one of the published secret and body", () => {
    const signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    const given = { body: "Hello, World!", secret: "It's a Secret to Everybody" };
    expect(read(signature, given)).toBe("invalid-json");
    expect(read(signature, { ...given, body: "Hello, World" })).toBe("unauthorized");
  });
});

/** The sample of a kind with the proof of its secret. */
function proven(kind: WebhookKind): WebhookRequest {
  const body = JSON.stringify(SAMPLES[kind].payload);
  return requestOf(kind, { body, secret: SECRET, ...SAMPLES[kind].prove(body) });
}
