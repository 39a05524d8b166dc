import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseWebhook } from "../../src/webhooks/parse-webhook.js";
import { webhookKinds, type WebhookKind } from "../../src/webhooks/webhook-kind.js";
import type { WebhookResult } from "../../src/webhooks/webhook-result.js";
import { codeOf, requestOf, SAMPLES } from "./sample-webhooks.js";
import { runsOf } from "../../../../test/setup/whole.js";

const MEGABYTE = 1024 * 1024;

describe("a webhook of every kind", () => {
  it.each(webhookKinds)("%s tells of its push", (kind) => {
    const { event } = SAMPLES[kind];
    expect(parseWebhook(kind, requestOf(kind))).toMatchObject({ kind: "push", event });
  });

  it.each(webhookKinds)("%s is read from bytes as from text", (kind) => {
    const request = requestOf(kind);
    const body = new TextEncoder().encode(String(request.body));
    expect(parseWebhook(kind, { ...request, body })).toEqual(parseWebhook(kind, request));
  });

  it.each(webhookKinds)("%s is read with headers in any case, and repeated ones", (kind) => {
    const request = requestOf(kind);
    const headers = Object.fromEntries(
      Object.entries(SAMPLES[kind].headers).map(([name, value]) => [
        name.toUpperCase(),
        [value, "text/plain"],
      ]),
    );
    expect(codeOf(parseWebhook(kind, { ...request, headers }))).toBe("push");
  });

  it.each(webhookKinds)("%s refuses an empty object and other JSON", (kind) => {
    for (const body of ["{}", "[]", "null", '"text"', "1"]) {
      const result = parseWebhook(kind, requestOf(kind, { body }));
      expect(["missing-field", "unsupported-event"]).toContain(codeOf(result));
      expect(result).toMatchObject({ status: 400 });
    }
  });

  it("refuses a kind that is none, such as a property of every object", () => {
    for (const kind of ["", "jfrog", "toString", "__proto__"]) {
      const result = parseWebhook(kind as WebhookKind, requestOf("docker.io"));
      expect(result).toMatchObject({ code: "unknown-kind", status: 400 });
    }
  });
});

describe("the body", () => {
  it.each([
    { name: "no text at all", body: "" },
    { name: "broken JSON", body: '{"invalid": json}' },
    { name: "a form", body: "payload=%7B%7D" },
    { name: "bytes that are not UTF-8", body: Uint8Array.of(0x22, 0xff, 0x22) },
    { name: "brackets without end", body: "[".repeat(MEGABYTE) },
  ])("is refused when it is $name", ({ body }) => {
    const result = parseWebhook("docker.io", requestOf("docker.io", { body }));
    expect(result).toMatchObject({ code: "invalid-json", status: 400 });
  });

  it("is refused when a body parser was there first", () => {
    for (const body of [{}, undefined, null]) {
      const result = parseWebhook("harbor", requestOf("harbor", { body: body as never }));
      expect(result).toMatchObject({ code: "invalid-json" });
    }
  });

  it.each([
    { name: "1 MiB of text", text: padded(MEGABYTE), code: "push" },
    { name: "a byte more", text: padded(MEGABYTE + 1), code: "too-large" },
    // Fewer characters than the limit, more bytes.
    { name: "many wide characters", text: padded((MEGABYTE * 3) / 4, "é"), code: "too-large" },
  ])("of $name is $code", ({ text, code }) => {
    for (const body of [text, new TextEncoder().encode(text)]) {
      const result = parseWebhook("docker.io", requestOf("docker.io", { body }));
      const refusal = { kind: "refused", code, status: 413 };
      expect(result).toMatchObject(code === "push" ? { kind: "push" } : refusal);
    }
  });

  it("may hold any characters", () => {
    const payload = { push_data: { tag: "v1" }, repository: { repo_name: "團隊/ап-🚀" } };
    const result = parseWebhook("docker.io", requestOf("docker.io", { payload }));
    expect(result).toMatchObject({ event: { repository: "團隊/ап-🚀" } });
  });
});

describe("the content type", () => {
  const json = ["application/json", "Application/JSON;charset=utf-8", "application/vnd.x+json"];
  const other = ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"];

  it.each<{ kind: WebhookKind; accepted: readonly string[]; refused: readonly string[] }>([
    { kind: "harbor", accepted: json, refused: [...other, ""] },
    { kind: "acr", accepted: json, refused: [...other, ""] },
    { kind: "cloudevents", accepted: [...json, ""], refused: other },
    { kind: "docker.io", accepted: [...json, ...other, ""], refused: [] },
    { kind: "ghcr.io", accepted: [...json, ...other, ""], refused: [] },
    { kind: "quay.io", accepted: [...json, ...other, ""], refused: [] },
    { kind: "aliyun-acr", accepted: [...json, ...other, ""], refused: [] },
  ])("of $kind", ({ kind, accepted, refused }) => {
    const codes = (types: readonly string[]): readonly string[] =>
      types.map((type) =>
        codeOf(parseWebhook(kind, requestOf(kind, { headers: { "content-type": type } }))),
      );
    expect(codes(accepted)).toEqual(accepted.map(() => "push"));
    expect(codes(refused)).toEqual(refused.map(() => "unsupported-content-type"));
  });
});

describe("parseWebhook never throws", () => {
  const kinds = fc.constantFrom(...webhookKinds);

  it("on any bytes and any text", () => {
    const bodies = fc.oneof(fc.uint8Array(), fc.string({ unit: "binary" }));
    fc.assert(
      fc.property(kinds, bodies, (kind, body) => {
        expect(codeOf(parseWebhook(kind, requestOf(kind, { body })))).not.toBe("push");
      }),
    );
  });

  it("on any JSON", () => {
    fc.assert(
      fc.property(kinds, fc.json(), (kind, body) => {
        expect(parseWebhook(kind, requestOf(kind, { body })).kind).not.toBe("push");
      }),
    );
  });

  it("on payloads with any value in place of any other", () => {
    const cases = kinds.chain((kind) =>
      fc.record({
        kind: fc.constant(kind),
        path: fc.constantFrom(...pathsOf(SAMPLES[kind].payload)),
        value: fc.jsonValue(),
      }),
    );
    fc.assert(
      fc.property(cases, ({ kind, path, value }) => {
        const payload = withValue(SAMPLES[kind].payload, path, value);
        const result = parseWebhook(kind, requestOf(kind, { payload }));
        const texts = textsOf(result);
        expect(texts.filter((text) => typeof text !== "string" || text === "")).toEqual([]);
      }),
      { numRuns: runsOf(1_000) },
    );
  });
});

function textsOf(result: WebhookResult): readonly unknown[] {
  if (result.kind !== "push") return [result.kind === "answer" ? result.body : result.message];
  return [result.event, ...(result.others ?? [])].flatMap((event) => Object.values(event));
}

/** Docker Hub's payload, of exactly so many characters. */
function padded(length: number, filler = "x"): string {
  const empty = JSON.stringify({ ...SAMPLES["docker.io"].payload, padding: "" });
  return empty.replace(/"}$/, `${filler.repeat(length - empty.length)}"}`);
}

function pathsOf(value: unknown): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => [
    [key],
    ...pathsOf(child).map((rest) => [key, ...rest]),
  ]);
}

function withValue(target: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  const copy = structuredClone(target) as Record<string, unknown>;
  copy[key] = withValue(copy[key], rest, value);
  return copy;
}
