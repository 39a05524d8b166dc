import type { Server } from "node:http";
import type { Socket } from "node:net";

/** Where a server listens, and how to stop it. */
export interface LoopbackServer {
  readonly port: number;
  /** Breaks all connections, those that became tunnels as well. */
  close(): Promise<void>;
}

/** Lets a server listen on 127.0.0.1, on a port that is free unless one is given. */
export async function listenOnLoopback(server: Server, port = 0): Promise<LoopbackServer> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    port: address.port,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
