import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import type { RunningController } from "./controller.js";
import { listAt } from "./manifest-fields.js";
import { recordSpans } from "./record-spans.js";
import { startStage, type VerifyStage } from "./verify-stage.js";

const recording = recordSpans();
const stage = await startStage();
try {
  const controller = await stage.start();
  try {
    await verifyFirstCycle(controller);
    await verifyWebhook(controller);
    await verifyMetrics(controller);
    await verifyStop(controller);
  } finally {
    await controller.stop();
  }
  const names = new Set(recording.spans().map(({ name }) => name));
  assert.deepEqual([...names].toSorted(), ["cycle", "decision", "write"]);
  console.log("\nThe controller does what its README says.");
} finally {
  await Promise.all([stage.close(), recording.stop()]);
}

/** One Application by Git, one by a patch; ready after the warm-up. */
async function verifyFirstCycle({ ports }: RunningController): Promise<void> {
  assert.equal((await send(ports.health, "/healthz")).status, 200);
  await until("ready", async () => (await send(ports.health, "/readyz")).status === 200);
  await until("a commit", async () => (await overrideFile(stage)).includes("acme/web:1.1.0"));
  await until("a patch", () => kustomizeImages(stage).includes("acme/api:1.1.0"));
  await until("events", () => stage.cluster.list("Event").length === 2);
  const dryRun = stage.lines.findIndex((line) => line.includes("Finished cache warm-up"));
  const written = stage.lines.findIndex((line) => line.includes("Committing"));
  assert.ok(dryRun >= 0 && dryRun < written, "nothing is written before the warm-up is over");
}

/** Of two images that have a newer tag, the one that the webhook is about is looked at. */
async function verifyWebhook({ ports }: RunningController): Promise<void> {
  const asked = requestsFor(stage, "acme/api");
  for (const name of ["acme/web", "acme/api"]) stage.registry.push(name, { tag: "1.2.0" });
  assert.equal(await pushWebhook(ports.webhooks, "1.2.0"), 200);
  await until("a commit", async () => (await overrideFile(stage)).includes("acme/web:1.2.0"));
  assert.equal(requestsFor(stage, "acme/api"), asked);
  assert.ok(kustomizeImages(stage).includes("acme/api:1.1.0"));
}

async function verifyMetrics({ ports }: RunningController): Promise<void> {
  const sample = async (name: string): Promise<number> => {
    const { body } = await send(ports.metrics, "/metrics");
    const line = body.split("\n").find((one) => one.startsWith(`argocd_image_updater_${name}`));
    return Number(line?.split(" ").at(-1));
  };
  await until("three updates", async () => (await sample("images_updated_total")) === 3);
  assert.equal(await sample("applications_watched_total"), 2);
  assert.equal(await sample("images_watched_total"), 2);
  assert.equal(await sample("images_errors_total"), 0);
  assert.ok((await sample("registry_requests_total")) > 0);
  assert.ok((await sample("k8s_api_requests_total")) > 0);
}

/** A push that runs is finished; then the servers are closed and the lease is given up. */
async function verifyStop(controller: RunningController): Promise<void> {
  const push = new EventEmitter();
  const released = once(push, "released");
  let hasBegun = false;
  const before = async (): Promise<void> => {
    hasBegun = true;
    await released;
  };
  stage.git.setFaults([{ service: "git-receive-pack", before }]);
  stage.registry.push("acme/web", { tag: "1.3.0" });
  assert.equal(await pushWebhook(controller.ports.webhooks, "1.3.0"), 200);
  await until("a push", () => hasBegun);
  const stopping = controller.stop();
  push.emit("released");
  await stopping;
  assert.match(await overrideFile(stage), /acme\/web:1\.3\.0/u);
  await assert.rejects(send(controller.ports.health, "/healthz"));
  const [lease] = stage.cluster.list("Lease");
  assert.equal(Object(lease?.["spec"]).holderIdentity, "");
}

async function overrideFile({ git }: VerifyStage): Promise<string> {
  return (await git.readFile("apps", "main", "web/.argocd-source-web.yaml")) ?? "";
}

function kustomizeImages({ cluster }: VerifyStage): string {
  const api = cluster.get({ kind: "Application", namespace: "argocd", name: "api" });
  return listAt(api, "spec", "source", "kustomize", "images").join();
}

function requestsFor({ registry }: VerifyStage, repository: string): number {
  return registry.requests.filter(({ path }) => path.includes(`/${repository}/`)).length;
}

/** Tells of a push to `acme/web`, as Harbor does. */
async function pushWebhook(port: number | undefined, tag: string): Promise<number> {
  const repository = { repo_full_name: "acme/web" };
  const resources = [{ tag, resource_url: `${stage.registry.host}/acme/web:${tag}` }];
  const body = JSON.stringify({ type: "PUSH_ARTIFACT", event_data: { resources, repository } });
  return (await send(port, "/webhook?type=harbor", body)).status;
}

/** GETs, or POSTs a body. */
function send(
  port: number | undefined,
  path: string,
  body?: string,
): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({
      host: "127.0.0.1",
      port,
      path,
      method: body === undefined ? "GET" : "POST",
      headers: { "content-type": "application/json", authorization: "s3cret" },
      agent: false,
    });
    sent.once("error", reject);
    sent.once("response", (answer) => {
      text(answer).then((read) => resolve({ status: answer.statusCode ?? 0, body: read }), reject);
    });
    sent.end(body);
  });
}

async function until(what: string, check: () => boolean | Promise<boolean>): Promise<void> {
  for (let left = 6000; left > 0; left -= 1) {
    if (await check()) return;
    await delay(50);
  }
  assert.fail(`there was no ${what}`);
}
