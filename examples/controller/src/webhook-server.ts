import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import type { ServerOptions } from "node:https";
import { join } from "node:path";
import type { Logger } from "@image-updater/core";
import { createWebhookHandler } from "@image-updater/core/webhooks";
import type { WebhookConfiguration } from "./configuration.js";
import {
  startHttpServer,
  type HttpLimits,
  type HttpServer,
  type Reply,
  type Route,
} from "./http-server.js";
import { formatTrigger, type Trigger } from "./trigger.js";

/** As upstream: a larger body is answered with 413. */
const MAXIMUM_BYTES = 1024 * 1024;

/** What the webhook server needs of the controller. */
export interface WebhookServerSettings extends WebhookConfiguration {
  readonly logger: Logger;
  readonly limits?: Partial<HttpLimits> | undefined;
  /** Whether this controller is the one that works. */
  isLeading(): boolean;
  onTrigger(trigger: Trigger): void;
}

/** Takes webhooks of registries at `POST /webhook`. */
export async function startWebhookServer(settings: WebhookServerSettings): Promise<HttpServer> {
  const tls = await readCertificate(settings);
  const { port, limits } = settings;
  return startHttpServer({ port }, { routes: webhookRoutes(settings), tls, limits });
}

/** `/webhook`, and `/healthz` as upstream's webhook server has it. */
function webhookRoutes(settings: WebhookServerSettings): Readonly<Record<string, Route>> {
  const { logger, secrets, requireSecret } = settings;
  const handle = createWebhookHandler({
    secrets,
    requireSecret,
    onPush(event): void {
      const trigger: Trigger = { kind: "push", event };
      logger.info({ registry: event.registry }, `Webhook received: ${formatTrigger(trigger)}`);
      settings.onTrigger(trigger);
    },
    onError(error): void {
      logger.error({}, `Could not handle a webhook: ${String(error)}`);
    },
  });

  async function answerWebhook(request: IncomingMessage): Promise<Reply> {
    // Told apart from success, so that a sender that tries again reaches the leader.
    if (!settings.isLeading()) return { status: 503, body: "another replica leads; try again\n" };
    const body = await readBody(request);
    const { method = "", url, headers } = request;
    const reply = body === undefined ? TOO_LARGE : await handle({ method, url, headers, body });
    // The URL is not logged: it may hold the secret.
    if (reply.status !== 200) logger.warn({}, `Webhook refused: ${reply.body.trimEnd()}`);
    return reply;
  }

  return { "/webhook": answerWebhook, "/healthz": () => ({ status: 200, body: "ok\n" }) };
}

const TOO_LARGE: Reply = {
  status: 413,
  body: `the body is larger than ${MAXIMUM_BYTES} bytes\n`,
  headers: { connection: "close" },
};

/** Undefined for a body over the limit, of which the rest is not read. */
async function readBody(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > MAXIMUM_BYTES) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

async function readCertificate({
  tls,
  logger,
}: WebhookServerSettings): Promise<ServerOptions | undefined> {
  if (tls === undefined) return undefined;
  try {
    const [cert, key] = await Promise.all(
      ["tls.crt", "tls.key"].map((name) => readFile(join(tls.folder, name), "utf8")),
    );
    return { cert, key, minVersion: tls.minimum };
  } catch {
    const message = `no tls.crt and tls.key in ${tls.folder}: webhooks come by plain HTTP; end TLS in front of them`;
    logger.warn({}, message);
    return undefined;
  }
}
