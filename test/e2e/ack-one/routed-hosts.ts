import { Agent, buildConnector, getGlobalDispatcher, setGlobalDispatcher } from "undici";

/** Ports on loopback by the host that a URL names. */
export type HostRoutes = Readonly<Record<string, number>>;

/**
 * Has every connection to a host go to its port on loopback, as a resolver and a gateway would, and
 * trusts the authority there. Answers how to put things back.
 */
export function routeHosts(routes: HostRoutes, ca: string): () => Promise<void> {
  const before = getGlobalDispatcher();
  const connect = buildConnector({ ca });
  const agent = new Agent({
    connect: (options, callback) => {
      const port = routes[options.hostname];
      if (port === undefined) return connect(options, callback);
      const servername = options.hostname;
      connect({ ...options, hostname: "127.0.0.1", port: String(port), servername }, callback);
    },
  });
  setGlobalDispatcher(agent);
  return async () => {
    setGlobalDispatcher(before);
    await agent.close();
  };
}
