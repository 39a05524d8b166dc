import { createServer, type Server } from "node:http";
import { startOciRegistry, type OciTestServer } from "@image-updater/registry-oci/testing";
import { startGitServer, type GitTestServer } from "@image-updater/writeback-git/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readManifest } from "./support/application-manifest.js";
import { composeUpdater, registriesConf, type UpdaterParts } from "./support/compose-updater.js";
import {
  expectOnlyGoodImages,
  outcomesOf,
  stageTwoApplications,
} from "./support/two-applications.js";

/** For how long one that never answers is waited for: long enough for the others on a busy machine. */
const PATIENCE_MS = 10_000;

const FIXTURE = {
  "team/good": [{ tag: "1.0.0" }, { tag: "1.1.0" }],
  "team/bad": [{ tag: "1.0.0" }, { tag: "1.1.0" }],
};

let good: OciTestServer;
let bad: OciTestServer;
let broken: { readonly server: Server; readonly url: string; readonly host: string };
let git: GitTestServer;

beforeAll(async () => {
  [good, bad, broken, git] = await Promise.all([
    startOciRegistry({ fixture: FIXTURE }),
    startOciRegistry({ fixture: FIXTURE }),
    startBrokenServer(),
    startGitServer(),
  ]);
});

afterAll(async () => {
  await Promise.all([good?.close(), bad?.close(), git?.close(), closeServer(broken?.server)]);
});

beforeEach(() => {
  bad.setFaults([]);
});

/** A server that answers every request with 500. */
async function startBrokenServer(): Promise<typeof broken> {
  const server = createServer((_, response) => {
    response.writeHead(500, { "content-type": "text/plain" }).end("Internal Server Error");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const host = `127.0.0.1:${address.port}`;
  return { server, url: `http://${host}`, host };
}

async function closeServer(server: Server | undefined): Promise<void> {
  await new Promise((resolve) => {
    server?.close(resolve);
    server?.closeAllConnections();
  });
}

function updater(parts: Pick<UpdaterParts, "registry" | "settings"> = {}) {
  return composeUpdater({ registriesConf: registriesConf(good, bad, broken), ...parts });
}

const goodImage = (): string => `${good.host}/team/good`;

function stage(repository: string, badImage: string, annotations = {}) {
  return stageTwoApplications(git, repository, { good: goodImage(), bad: badImage }, annotations);
}

describe("a registry that does not do its work", () => {
  it.each([
    { name: "404", behave: "not-found", code: "not-found", says: /404/ },
    { name: "401", behave: "unauthorized", code: "unauthorized", says: /401/ },
    { name: "garbage", behave: "garbage", code: "invalid-response", says: /./ },
    { name: "never", behave: "hang", code: "timeout", says: /in time/ },
    { name: "disconnects", behave: "disconnect", code: "unavailable", says: /connection/ },
  ] as const)("answers $name: its images wait, all others are updated", async (fault) => {
    const image = `${bad.host}/team/bad`;
    const { mixed, other } = await stage(fault.name, image);
    bad.setFaults([{ on: "tags", behave: fault.behave }]);

    const limits = fault.behave === "hang" ? { requestTimeoutMs: PATIENCE_MS } : {};
    const bounded = updater({ registry: limits });
    const report = await bounded.run([readManifest(mixed), readManifest(other)]);

    expect(outcomesOf(report)).toEqual([
      ["mixed", "bad: error", "good: update"],
      ["other", "good: update"],
    ]);
    const reason = report.applications[0]?.images[0]?.decision.reason;
    expect(reason).toMatchObject({
      code: "facts-failed",
      error: { name: "RegistryError", code: fault.code },
    });
    const message = reason?.code === "facts-failed" ? reason.error.message : "";
    expect(message).toContain(image);
    expect(message).toMatch(fault.says);
    expect(report.counters).toEqual({
      applications: 2,
      imagesConsidered: 3,
      imagesSkipped: 0,
      imagesUpdated: 2,
      errors: 1,
    });
    await expectOnlyGoodImages(git, fault.name, { good: goodImage() });
  });

  it("answers 500", async () => {
    const image = `${broken.host}/team/bad`;
    const { mixed, other } = await stage("500", image);

    const report = await updater().run([readManifest(mixed), readManifest(other)]);

    expect(outcomesOf(report)).toEqual([
      ["mixed", "bad: error", "good: update"],
      ["other", "good: update"],
    ]);
    expect(report.applications[0]?.images[0]?.decision.reason).toMatchObject({
      code: "facts-failed",
      error: {
        name: "RegistryError",
        code: "unavailable",
        message: expect.stringMatching(new RegExp(`${image}.*500`)),
      },
    });
    await expectOnlyGoodImages(git, "500", { good: goodImage() });
  });

  it("is given up by the updater when its client never does", async () => {
    const image = `${bad.host}/team/bad`;
    const { mixed, other } = await stage("deadline", image);
    bad.setFaults([{ on: "tags", behave: "hang" }]);

    const bounded = updater({ settings: { timeouts: { registry: PATIENCE_MS } } });
    const report = await bounded.run([readManifest(mixed), readManifest(other)]);

    expect(report.applications[0]?.images[0]?.decision.reason).toMatchObject({
      code: "facts-failed",
      error: { code: "timeout", message: `${image} did not answer within ${PATIENCE_MS / 1000} s` },
    });
    await expectOnlyGoodImages(git, "deadline", { good: goodImage() });
  });

  it("describes one tag of many not at all: nothing older is chosen in its place", async () => {
    const image = `${bad.host}/team/bad`;
    const { mixed, other } = await stage("partial", image, {
      "bad.update-strategy": "newest-build",
    });
    bad.setFaults([{ on: "manifest", tag: "1.1.0", behave: "server-error" }]);

    const report = await updater().run([readManifest(mixed), readManifest(other)]);

    expect(outcomesOf(report)).toEqual([
      ["mixed", "bad: waiting", "good: update"],
      ["other", "good: update"],
    ]);
    expect(report.counters.errors).toBe(1);
    await expectOnlyGoodImages(git, "partial", { good: goodImage() });
  });

  it("is not asked again in the same cycle for what it could not answer", async () => {
    const image = `${bad.host}/team/bad`;
    const { mixed } = await stage("once", image);
    bad.setFaults([{ on: "tags", behave: "not-found" }]);
    const before = bad.requests.length;

    const both = [mixed, { ...mixed, metadata: { ...mixed.metadata, name: "twin" } }];
    await updater().run(both.map((manifest) => readManifest(manifest)));

    expect(bad.requests.slice(before).filter(({ path }) => path.includes("/tags/"))).toHaveLength(
      1,
    );
  });
});
