import { connect, createServer } from "node:net";

/**
 * A TCP proxy before a Git server that counts the bytes of both directions, and may slow them down.
 *
 * @param {{ host: string, port: number, countRequests: () => Promise<number> }} server
 */
export async function startMeter({ host, port, countRequests }, { latencyMs }) {
  const sockets = new Set();
  let sent = 0;
  let received = 0;
  let requests = await countRequests();
  const proxy = createServer((client) => {
    const upstream = connect(port, host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => sockets.delete(socket));
    }
    client.on("data", (chunk) => {
      sent += chunk.length;
      // Equal pauses keep the order.
      if (latencyMs > 0) setTimeout(() => upstream.write(chunk), latencyMs);
      else upstream.write(chunk);
    });
    upstream.on("data", (chunk) => {
      received += chunk.length;
      if (!client.write(chunk)) upstream.pause();
    });
    client.on("drain", () => upstream.resume());
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.end());
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return {
    port: proxy.address().port,
    /** What went by since the last look. */
    async take() {
      const count = await countRequests();
      const taken = { sent, received, requests: count - requests };
      sent = 0;
      received = 0;
      requests = count;
      return taken;
    },
    async close() {
      const closed = new Promise((resolve) => proxy.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
