import type { Logger } from "@image-updater/core";
import type { BindAddress } from "./bind-address.js";
import type { Configuration } from "./configuration.js";
import { healthRoutes, metricsRoutes, type Readiness } from "./health-server.js";
import {
  startHttpServer,
  type HttpLimits,
  type HttpServer,
  type HttpServerSettings,
} from "./http-server.js";
import type { Metrics } from "./metrics.js";
import type { Trigger } from "./trigger.js";
import { startWebhookServer } from "./webhook-server.js";

/** What the servers show, and whom they tell. */
export interface ServersSettings {
  readonly configuration: Pick<Configuration, "health" | "metrics" | "webhooks">;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly limits?: Partial<HttpLimits> | undefined;
  readiness(): Readiness;
  isLeading(): boolean;
  onTrigger(trigger: Trigger): void;
}

/** The servers that are not off. */
export interface Servers {
  readonly ports: {
    readonly health: number | undefined;
    readonly metrics: number | undefined;
    readonly webhooks: number | undefined;
  };
  close(): Promise<void>;
}

/** Starts health, metrics and webhook servers; when one cannot start, none is left. */
export async function startServers(settings: ServersSettings): Promise<Servers> {
  const { configuration, metrics, readiness, limits } = settings;
  const { webhooks } = configuration;
  const started: HttpServer[] = [];
  const keep = async (starting: Promise<HttpServer> | undefined): Promise<number | undefined> => {
    const server = await starting;
    if (server !== undefined) started.push(server);
    return server?.port;
  };
  const close = async (): Promise<void> => {
    await Promise.all(started.map((server) => server.close()));
  };
  try {
    const ports = {
      health: await keep(
        startAt(configuration.health, { routes: healthRoutes(readiness), limits }),
      ),
      metrics: await keep(
        startAt(configuration.metrics, { routes: metricsRoutes(metrics), limits }),
      ),
      webhooks: await keep(
        webhooks === "off" ? undefined : startWebhookServer({ ...settings, ...webhooks }),
      ),
    };
    return { ports, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function startAt(
  address: BindAddress | "off",
  settings: HttpServerSettings,
): Promise<HttpServer> | undefined {
  return address === "off" ? undefined : startHttpServer(address, settings);
}
