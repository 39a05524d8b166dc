import type { Metrics } from "./metrics.js";
import type { Route } from "./http-server.js";

/** How far the controller is: it is ready after its warm-up, until it is stopped. */
export interface Readiness {
  readonly isReady: boolean;
  /** Why it is not. */
  readonly reason: string;
}

/** `/healthz` answers while the process does; `/readyz` says whether the controller is ready. */
export function healthRoutes(readiness: () => Readiness): Readonly<Record<string, Route>> {
  return {
    "/healthz": () => ({ status: 200, body: "ok\n" }),
    "/readyz": () => {
      const { isReady, reason } = readiness();
      return isReady ? { status: 200, body: "ok\n" } : { status: 503, body: `${reason}\n` };
    },
  };
}

/** `/metrics` in the text form of Prometheus. */
export function metricsRoutes(metrics: Metrics): Readonly<Record<string, Route>> {
  return {
    "/metrics": async () => ({
      status: 200,
      body: await metrics.render(),
      headers: { "content-type": metrics.contentType },
    }),
  };
}
