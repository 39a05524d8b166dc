import { checkSecret } from "./check-secret.js";
import { findParser, parseWith, refuseKind } from "./parse-webhook.js";
import { webhookKinds } from "./webhook-kind.js";
import type { WebhookParser } from "./webhook-parser.js";
import { parseQuery, readHeader, readQuery, type WebhookRequest } from "./webhook-request.js";
import {
  ignore,
  quote,
  refuse,
  type PushEvent,
  type WebhookPush,
  type WebhookResult,
} from "./webhook-result.js";

/** A request in the form that every web framework can give. */
export interface WebhookHttpRequest extends Omit<WebhookRequest, "secret"> {
  readonly method: string;
  /** Whole or from the path on; read for its query unless `query` is given. */
  readonly url?: string | undefined;
}

/** A response in the form that every web framework can send. */
export interface WebhookHttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Who may send webhooks, and what happens on a push. */
export interface WebhookHandlerSettings {
  /** The secret of each kind of sender. An empty one counts as none. */
  readonly secrets: { readonly [kind: string]: string | undefined };
  /** Parsers of your own by kind; one with the name of a built-in kind takes its place. */
  readonly parsers?: { readonly [kind: string]: WebhookParser } | undefined;
  /** Refuses every kind without secret. Default `true`. */
  readonly requireSecret?: boolean | undefined;
  /**
   * How many deliveries are remembered: one that comes again, since its answer was lost, is answered
   * with success and dropped. Default 1,000; 0 remembers none.
   */
  readonly rememberedDeliveries?: number | undefined;
  /** Runs behind the response, which does not wait for it. */
  onPush(event: PushEvent): void | Promise<void>;
  /** Gets what `onPush` throws. A delivery that failed is taken when it comes again. */
  onError(error: unknown, event: PushEvent): void;
}

/** Answers one request. Never throws. */
export type WebhookHandler = (request: WebhookHttpRequest) => Promise<WebhookHttpResponse>;

/**
 * A handler for `POST /webhook?type=<kind>`, or with the kind in the header `X-Registry-Type`, as Argo
 * CD Image Updater's. The body must be the bytes as they came: mount it before any body parser.
 *
 * It also answers the handshakes of CloudEvents and Azure Event Grid, once the secret is proven.
 */
export function createWebhookHandler(settings: WebhookHandlerSettings): WebhookHandler {
  const deliveries = createDeliveries(settings.rememberedDeliveries ?? 1000);
  return (request) => {
    const result = readSafely(request, settings);
    if (result.kind !== "push") return Promise.resolve(respond(result));
    const name = `${result.event.kind} ${result.delivery ?? ""}`;
    if (result.delivery !== undefined && !deliveries.add(name)) {
      return Promise.resolve(respond(ignore("webhook received before")));
    }
    startWork(result, settings, () => deliveries.remove(name));
    return Promise.resolve(respond(result));
  };
}

function readSafely(request: WebhookHttpRequest, settings: WebhookHandlerSettings): WebhookResult {
  try {
    return readRequest(request, settings);
  } catch {
    // Something that is not a request, from a caller without types.
    return refuse("invalid-request", "the request has no method, headers or body to read");
  }
}

function readRequest(
  request: WebhookHttpRequest,
  { secrets, parsers = {}, requireSecret = true }: WebhookHandlerSettings,
): WebhookResult {
  const method = request.method.toUpperCase();
  const { headers, body, query = parseQuery(request.url ?? "") } = request;
  const type = readQuery({ query }, "type");
  const kind = type === "" ? readHeader(request, "X-Registry-Type") : type;
  const parser = Object.hasOwn(parsers, kind) ? parsers[kind] : findParser(kind);
  const isHandshake = method === "OPTIONS" && parser?.answersOptions === true;
  if (method !== "POST" && !isHandshake) {
    return refuse("wrong-method", `${quote(request.method)} is not answered; use POST`);
  }
  if (parser === undefined) return refuseKind(kind, [...webhookKinds, ...Object.keys(parsers)]);
  const configured = Object.hasOwn(secrets, kind) ? secrets[kind] : undefined;
  const secret = configured === "" ? undefined : configured;
  if (secret === undefined && requireSecret) {
    return refuse("secret-not-configured", `no secret is configured for ${kind}; set one`);
  }
  const asked = { headers, body, query, secret };
  return isHandshake ? answerOptions(parser, asked) : parseWith(parser, asked);
}

/**
 * Says to a sender of CloudEvents that its events are wanted.
 *
 * @see https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md
 */
function answerOptions(parser: WebhookParser, request: WebhookRequest): WebhookResult {
  const refusal = checkSecret(request, new Uint8Array(), parser.secretIn);
  if (refusal !== undefined) return refusal;
  const origin = readHeader(request, "WebHook-Request-Origin");
  if (!/^[\w.:/-]{1,253}$/u.test(origin)) {
    return refuse("invalid-request", "the header WebHook-Request-Origin names no sender");
  }
  const headers = { "webhook-allowed-origin": origin, "webhook-allowed-rate": "*", allow: "POST" };
  return { kind: "answer", status: 200, headers, body: "" };
}

function startWork(
  { event, others = [] }: WebhookPush,
  { onPush, onError }: WebhookHandlerSettings,
  onFailure: () => void,
): void {
  for (const pushed of [event, ...others]) {
    void Promise.resolve(pushed)
      .then((one) => onPush(one))
      .catch((error: unknown) => {
        onFailure();
        onError(error, pushed);
      })
      // A failing onError has nobody left to tell, and must not end the process.
      .catch(() => undefined);
  }
}

interface Deliveries {
  /** Answers false for one that is remembered. */
  add(name: string): boolean;
  remove(name: string): void;
}

/** Remembers the newest; a name of any length costs no more than a short one. */
function createDeliveries(limit: number): Deliveries {
  const seen = new Set<string>();
  return {
    add(name): boolean {
      const key = name.slice(0, MAXIMUM_NAME);
      if (seen.has(key)) return false;
      if (limit > 0 && name.length <= MAXIMUM_NAME) seen.add(key);
      const [oldest] = seen;
      if (seen.size > limit && oldest !== undefined) seen.delete(oldest);
      return true;
    },
    remove(name): void {
      seen.delete(name.slice(0, MAXIMUM_NAME));
    },
  };
}

/** A longer name of a delivery is not remembered. */
const MAXIMUM_NAME = 500;

function respond(result: WebhookResult): WebhookHttpResponse {
  const headers = {
    "content-type": "text/plain; charset=utf-8",
    // The message may quote the sender: no browser shall take it for a page.
    "x-content-type-options": "nosniff",
  };
  if (result.kind === "push") return { status: 200, headers, body: "webhook received\n" };
  if (result.kind === "answer") {
    const { status, body } = result;
    return { status, headers: { ...headers, ...result.headers }, body };
  }
  const { status, message, code } = result;
  const allow = code === "wrong-method" ? { allow: "POST" } : {};
  return { status, headers: { ...headers, ...allow }, body: `${message}\n` };
}
