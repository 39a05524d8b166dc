import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemoryLogger, type MemoryLogger } from "@image-updater/core/testing";
import { Agent, request } from "undici";
import { afterEach, describe, expect, it } from "vitest";
import type { WebhookConfiguration } from "../../../examples/controller/src/configuration.js";
import { createMetrics } from "../../../examples/controller/src/metrics.js";
import type { HttpLimits } from "../../../examples/controller/src/http-server.js";
import { startServers, type Servers } from "../../../examples/controller/src/servers.js";
import type { Trigger } from "../../../examples/controller/src/trigger.js";
import { loopbackTls } from "../../../packages/registry-oci/test/support/loopback-tls.js";
import { send } from "./support/send.js";

const ANYWHERE = { host: "127.0.0.1", port: 0 };
const PUSH = JSON.stringify({
  push_data: { tag: "1.1.0" },
  repository: { repo_name: "acme/web" },
});

interface Stage {
  readonly servers: Servers;
  readonly state: { isReady: boolean; isLeading: boolean };
  readonly triggers: readonly Trigger[];
  readonly logger: MemoryLogger;
}

let running: Servers | undefined;

afterEach(async () => {
  await running?.close();
});

async function start(
  webhooks: Partial<WebhookConfiguration> = {},
  limits?: Partial<HttpLimits>,
): Promise<Stage> {
  const state = { isReady: false, isLeading: true };
  const triggers: Trigger[] = [];
  const logger = createMemoryLogger();
  running = await startServers({
    configuration: {
      health: ANYWHERE,
      metrics: ANYWHERE,
      webhooks: { port: 0, requireSecret: true, secrets: { "docker.io": "s3cret" }, ...webhooks },
    },
    metrics: createMetrics(),
    logger,
    limits,
    readiness: () => ({ isReady: state.isReady, reason: "warming up" }),
    isLeading: () => state.isLeading,
    onTrigger: (trigger) => triggers.push(trigger),
  });
  return { servers: running, state, triggers, logger };
}

describe("the health server", () => {
  it("is alive at once and ready when the controller is", async () => {
    const { servers, state } = await start();
    const { health } = servers.ports;
    expect(await send(health, "/healthz")).toMatchObject({ status: 200, body: "ok\n" });
    expect(await send(health, "/readyz")).toMatchObject({ status: 503, body: "warming up\n" });
    state.isReady = true;
    expect(await send(health, "/readyz?verbose")).toMatchObject({ status: 200 });
    expect(await send(health, "/other")).toMatchObject({ status: 404 });
  });

  it("is not there when it is off", async () => {
    running = await startServers({
      configuration: { health: "off", metrics: "off", webhooks: "off" },
      metrics: createMetrics(),
      logger: createMemoryLogger(),
      readiness: () => ({ isReady: true, reason: "" }),
      isLeading: () => true,
      onTrigger: () => undefined,
    });
    expect(running.ports).toEqual({ health: undefined, metrics: undefined, webhooks: undefined });
  });
});

describe("the metrics server", () => {
  it("shows metrics in the text form of Prometheus", async () => {
    const { servers } = await start();
    const { status, body, headers } = await send(servers.ports.metrics, "/metrics");
    expect(status).toBe(200);
    expect(headers["content-type"]).toContain("text/plain; version=0.0.4");
    expect(body).toContain("# TYPE argocd_image_updater_images_updated_total counter");
  });
});

describe("the webhook server", () => {
  it("takes a push", async () => {
    const { servers, triggers, logger } = await start();
    const path = "/webhook?type=docker.io&secret=s3cret";
    const answer = await send(servers.ports.webhooks, path, { method: "POST", body: PUSH });
    expect(answer.status).toBe(200);
    await expect
      .poll(() => triggers)
      .toMatchObject([
        { kind: "push", event: { registry: "docker.io", repository: "acme/web", tag: "1.1.0" } },
      ]);
    expect(JSON.stringify(logger.entries)).not.toContain("s3cret");
  });

  it.each([
    ["a wrong secret", "/webhook?type=docker.io&secret=wrong", PUSH, 400],
    ["a kind without a secret", "/webhook?type=quay.io", PUSH, 400],
    ["what is not a push", "/webhook?type=docker.io&secret=s3cret", "{}", 400],
    ["another path", "/hook", PUSH, 404],
  ])("refuses %s", async (_, path, body, status) => {
    const { servers, triggers, logger } = await start();
    const answer = await send(servers.ports.webhooks, path, { method: "POST", body });
    expect(answer.status).toBe(status);
    expect(triggers).toEqual([]);
    expect(JSON.stringify(logger.entries)).not.toMatch(/s3cret|wrong/u);
  });

  it("refuses a body over 1 MiB", async () => {
    const { servers, triggers } = await start();
    const body = " ".repeat(1024 * 1024 + 1);
    const path = "/webhook?type=docker.io&secret=s3cret";
    const answer = await send(servers.ports.webhooks, path, { method: "POST", body });
    expect(answer.status).toBe(413);
    expect(triggers).toEqual([]);
  });

  it("refuses to GET, and says what is allowed", async () => {
    const { servers } = await start();
    const answer = await send(servers.ports.webhooks, "/webhook?type=docker.io");
    expect(answer).toMatchObject({ status: 405, headers: { allow: "POST" } });
  });

  it("sends away who comes to a replica that does not lead", async () => {
    const { servers, state, triggers } = await start();
    state.isLeading = false;
    const path = "/webhook?type=docker.io&secret=s3cret";
    const answer = await send(servers.ports.webhooks, path, { method: "POST", body: PUSH });
    expect(answer.status).toBe(503);
    expect(triggers).toEqual([]);
    expect((await send(servers.ports.webhooks, "/healthz")).status).toBe(200);
  });

  it("warns that it speaks plain HTTP when there is no certificate", async () => {
    const { logger } = await start({ tls: { folder: "/no/such/folder", minimum: "TLSv1.3" } });
    expect(logger.entries).toMatchObject([
      {
        level: "warn",
        message: expect.stringContaining("no tls.crt and tls.key in /no/such/folder"),
      },
    ]);
  });

  it("speaks TLS where there is a certificate", async () => {
    const folder = await mkdtemp(join(tmpdir(), "controller-"));
    const dispatcher = new Agent({ connect: { ca: loopbackTls.cert } });
    try {
      await writeFile(join(folder, "tls.crt"), loopbackTls.cert);
      await writeFile(join(folder, "tls.key"), loopbackTls.key);
      const { servers, logger } = await start({ tls: { folder, minimum: "TLSv1.3" } });
      const url = `https://127.0.0.1:${servers.ports.webhooks}/healthz`;
      const { statusCode, body } = await request(url, { dispatcher });
      await body.dump();
      expect(statusCode).toBe(200);
      expect(logger.entries).toEqual([]);
    } finally {
      await dispatcher.close();
      await rm(folder, { recursive: true });
    }
  });
});

/** Sends a text over a connection of its own; what the server says until it closes it. */
async function untilClosed(port: number | undefined, text: string): Promise<string> {
  const socket = await connected(port);
  socket.write(text);
  let said = "";
  socket.setEncoding("utf8").on("data", (more: string) => {
    said += more;
  });
  await closed(socket);
  return said;
}

function connected(port = 0): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" }, () => resolve(socket));
    socket.on("error", () => undefined);
  });
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on("close", () => resolve()).resume();
  });
}

describe.each(["health", "metrics", "webhooks"] as const)("the limits of the %s server", (name) => {
  it.each([
    ["says nothing", ""],
    ["never ends its headers", "POST /webhook HTTP/1.1\r\nhost: x\r\n"],
    [
      "never ends its body",
      "POST /webhook?type=docker.io&secret=s3cret HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{",
    ],
  ])("close a connection that %s", async (_, text) => {
    const { servers, triggers } = await start({}, { slowMs: 100 });
    expect(await untilClosed(servers.ports[name], text)).not.toContain("200 OK");
    expect(triggers).toEqual([]);
  });

  it("are for so many connections, and more are closed at once", async () => {
    const { servers } = await start({}, { connections: 2 });
    const port = servers.ports[name];
    const held = [await connected(port), await connected(port)];
    expect(await untilClosed(port, "")).toBe("");
    for (const socket of held) socket.destroy();
    await Promise.all(held.map(closed));
    await expect
      .poll(() =>
        send(port, "/other").then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(404);
  });
});

it("closes a connection that never begins its TLS handshake", async () => {
  const folder = await mkdtemp(join(tmpdir(), "controller-"));
  try {
    await writeFile(join(folder, "tls.crt"), loopbackTls.cert);
    await writeFile(join(folder, "tls.key"), loopbackTls.key);
    const tls = { folder, minimum: "TLSv1.3" } as const;
    const { servers } = await start({ tls }, { slowMs: 100 });
    expect(await untilClosed(servers.ports.webhooks, "")).toBe("");
  } finally {
    await rm(folder, { recursive: true });
  }
});
