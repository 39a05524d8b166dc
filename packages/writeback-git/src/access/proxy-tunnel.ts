import { Socket } from "node:net";
import { buildConnector, type Dispatcher } from "undici";
import { ProxyError } from "@image-updater/git-remote";
import { keepTlsAlerts } from "./keep-tls-alerts.js";
import type { HttpProxy } from "./http-proxy.js";
import type { TlsTrust } from "./tls-trust.js";

/** Long enough for a proxy that asks for a name far away. docs/deadlines.md has it, too. */
export const TUNNEL_TIMEOUT_MS = 30_000;

/**
 * Connects to servers through tunnels of a proxy (`CONNECT`, RFC 9110, section 9.3.6).
 *
 * It fails with a {@link ProxyError} when the proxy gives none. undici's own `ProxyAgent` tries again
 * without end or pause when a proxy closes the connection instead of answering.
 */
export function createTunnelConnector(
  proxy: HttpProxy,
  pool: Dispatcher,
  trust: TlsTrust,
): buildConnector.connector {
  const connectTls = buildConnector({ ...trust });
  const connect = async (
    options: buildConnector.Options,
    callback: buildConnector.Callback,
  ): Promise<void> => {
    let httpSocket: Socket;
    try {
      httpSocket = await openTunnel(proxy, pool, options);
    } catch (cause) {
      callback(asProxyError(proxy, cause), null);
      return;
    }
    connectTls({ ...options, httpSocket }, keepTlsAlerts(callback));
  };
  return (options, callback) => void connect(options, callback);
}

async function openTunnel(
  { origin, host: proxy, authorization }: HttpProxy,
  pool: Dispatcher,
  { host = "", port }: buildConnector.Options,
): Promise<Socket> {
  const authority = port === "" ? `${host}:443` : host;
  const { statusCode, socket } = await pool.connect({
    origin,
    path: authority,
    headers: { host: authority, ...authorization },
    signal: AbortSignal.timeout(TUNNEL_TIMEOUT_MS),
  });
  if (statusCode >= 200 && statusCode < 300 && socket instanceof Socket) return socket;
  socket.on("error", () => undefined).destroy();
  throw new ProxyError(proxy, { status: statusCode });
}

function asProxyError({ host }: HttpProxy, cause: unknown): ProxyError {
  return cause instanceof ProxyError ? cause : new ProxyError(host, { cause });
}
