import { parseQuery } from "./parse-query.js";
import { parseWebhook, refuseKind } from "./parse-webhook.js";
import { isWebhookKind, type WebhookKind } from "./webhook-kind.js";
import { readHeader, readQuery, type WebhookRequest } from "./webhook-request.js";
import { quote, refuse, type PushEvent, type WebhookResult } from "./webhook-result.js";

/** A request as any web framework can give it. */
export interface WebhookHttpRequest extends Omit<WebhookRequest, "secret"> {
  readonly method: string;
  /** Whole or from the path on; read for its query unless `query` is given. */
  readonly url?: string | undefined;
}

/** A response as any web framework can send it. */
export interface WebhookHttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Who may send webhooks, and what happens on a push. */
export interface WebhookHandlerSettings {
  /** The secret of each kind of sender. An empty one counts as none. */
  readonly secrets: { readonly [kind in WebhookKind]?: string | undefined };
  /** Refuses every kind without secret. Default `true`. */
  readonly requireSecret?: boolean | undefined;
  /** Runs behind the response, which does not wait for it. */
  onPush(event: PushEvent): void | Promise<void>;
  /** Gets what `onPush` throws. */
  onError(error: unknown, event: PushEvent): void;
}

/** Answers one request. Never throws. */
export type WebhookHandler = (request: WebhookHttpRequest) => Promise<WebhookHttpResponse>;

/**
 * A handler for `POST /webhook?type=<kind>`, or with the kind in the header `X-Registry-Type`, as Argo
 * CD Image Updater's. The body must be the bytes as they came: mount it before any body parser.
 */
export function createWebhookHandler(settings: WebhookHandlerSettings): WebhookHandler {
  return (request) => {
    const result = readRequest(request, settings);
    if (result.kind === "push") startWork(result.event, settings);
    return Promise.resolve(respond(result));
  };
}

function readRequest(
  request: WebhookHttpRequest,
  { secrets, requireSecret = true }: WebhookHandlerSettings,
): WebhookResult {
  if (request.method.toUpperCase() !== "POST") {
    return refuse("wrong-method", `${quote(request.method)} is not answered; use POST`);
  }
  const { headers, body, query = parseQuery(request.url ?? "") } = request;
  const type = readQuery({ query }, "type");
  const kind = type === "" ? readHeader(request, "X-Registry-Type") : type;
  if (!isWebhookKind(kind)) return refuseKind(kind);
  const secret = secrets[kind] === "" ? undefined : secrets[kind];
  if (secret === undefined && requireSecret) {
    return refuse("secret-not-configured", `no secret is configured for ${kind}; set one`);
  }
  return parseWebhook(kind, { headers, body, query, secret });
}

function startWork(event: PushEvent, { onPush, onError }: WebhookHandlerSettings): void {
  void Promise.resolve(event)
    .then((pushed) => onPush(pushed))
    .catch((error: unknown) => {
      onError(error, event);
    })
    // A failing onError has nobody left to tell, and must not end the process.
    .catch(() => undefined);
}

function respond(result: WebhookResult): WebhookHttpResponse {
  const headers = {
    "content-type": "text/plain; charset=utf-8",
    // The message may quote the sender: no browser shall take it for a page.
    "x-content-type-options": "nosniff",
  };
  if (result.kind === "push") return { status: 200, headers, body: "webhook received\n" };
  const { status, message, code } = result;
  const allow = code === "wrong-method" ? { allow: "POST" } : {};
  return { status, headers: { ...headers, ...allow }, body: `${message}\n` };
}
