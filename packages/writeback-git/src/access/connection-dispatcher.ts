import type { GitConnection } from "@image-updater/core";
import { Agent, buildConnector, Pool, type Dispatcher } from "undici";
import { forwardTo, parseHttpProxy } from "./http-proxy.js";
import { keepTlsAlerts } from "./keep-tls-alerts.js";
import { parseNoProxy } from "./no-proxy.js";
import { createTunnelConnector } from "./proxy-tunnel.js";
import { openTlsTrust, type TlsTrust, type TrustContext } from "./tls-trust.js";

/** A dispatcher of our own. */
export interface OwnDispatcher {
  readonly dispatcher: Dispatcher;
  /** Ends its connections when the requests under way are done. */
  close(): Promise<void>;
}

/**
 * A dispatcher that connects as a credential's connection settings say.
 *
 * Servers are reached through the proxy, if there is one, but for hosts that are exempt. The proxy's own
 * certificate is verified by the same authorities, even if that of the server is not; the client
 * certificate is not for the proxy. Throws a `CredentialError` for settings that cannot be used.
 */
export function createConnectionDispatcher(
  connection: GitConnection,
  context: TrustContext,
): OwnDispatcher {
  const trust = openTlsTrust(connection, context);
  const direct = new Agent({ connect: createDirectConnector(trust) });
  if (connection.proxy === undefined || connection.proxy === "") {
    return { dispatcher: direct, close: () => direct.close() };
  }
  const proxy = parseHttpProxy(connection.proxy, context.reference);
  const proxyTrust = openTlsTrust({ ca: connection.ca }, context);
  const pool = new Pool(proxy.origin, { connect: createDirectConnector(proxyTrust) });
  const tunneled = new Agent({ connect: createTunnelConnector(proxy, pool, trust) });
  const forward = forwardTo(proxy, pool);
  const isExempt = parseNoProxy(connection.noProxy ?? "");
  const route: Dispatcher["dispatch"] = (options, handler) => {
    const origin = new URL(options.origin ?? "");
    if (isExempt(origin)) return direct.dispatch(options, handler);
    if (origin.protocol === "http:") return forward(options, handler);
    return tunneled.dispatch(options, handler);
  };
  return {
    dispatcher: direct.compose(() => route),
    close: async () => {
      await Promise.all([direct.close(), tunneled.close()]);
      await pool.close();
    },
  };
}

function createDirectConnector(trust: TlsTrust): buildConnector.connector {
  const connect = buildConnector({ ...trust });
  return (options, callback) => connect(options, keepTlsAlerts(callback));
}
