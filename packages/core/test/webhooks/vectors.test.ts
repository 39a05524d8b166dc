import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseImageReference } from "../../src/image/parse-image-reference.js";
import { matchesEvent } from "../../src/webhooks/matches-event.js";
import { parseWebhook } from "../../src/webhooks/parse-webhook.js";
import type { WebhookKind } from "../../src/webhooks/webhook-kind.js";
import type { PushEvent } from "../../src/webhooks/webhook-result.js";

interface Vector<Input, Expected> {
  readonly id: string;
  readonly area: string;
  readonly input: Input;
  readonly expected: Expected;
}

interface ParseInput {
  readonly type: WebhookKind;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

interface MatchInput {
  readonly imageName: string;
  readonly event: PushEvent;
}

const vectors = JSON.parse(
  readFileSync(new URL("../../../../test/vectors/upstream.json", import.meta.url), "utf8"),
) as readonly Vector<never, never>[];

/** An image without registry is one of Docker Hub, and `nginx` there is `library/nginx`. */
const DEVIATIONS: readonly string[] = ["webhook-match-002", "webhook-match-005"];

describe("Argo CD Image Updater's webhooks", () => {
  it.each(casesOf<ParseInput, object>("webhook-parse"))("$id", ({ input, expected }) => {
    const { type, headers = {}, body } = input;
    const result = parseWebhook(type, { headers, body: JSON.stringify(body) });
    const actual =
      result.kind === "push" ? { tag: "", ...result.event } : { kind: type, error: true };
    expect(actual).toEqual({ kind: type, ...expected });
  });

  it.each(casesOf<MatchInput, boolean>("webhook-match"))("$id", ({ id, input, expected }) => {
    const image = parseImageReference(input.imageName).value ?? { repository: "" };
    const matches = matchesEvent(input.event, image);
    expect(matches).toBe(DEVIATIONS.includes(id) ? !expected : expected);
  });
});

function casesOf<Input, Expected>(area: string): readonly Vector<Input, Expected>[] {
  return vectors.filter((vector) => vector.area === area);
}
