import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { request } from "undici";
import { describe, expect, it } from "vitest";
import { startRegistry } from "../support/loopback.js";

const fixture = {
  "team/app": [{ tag: "1", platforms: ["linux/amd64", "linux/arm64"] }, { tag: "2" }],
};

interface Descriptor {
  readonly digest: string;
  readonly size: number;
  readonly mediaType: string;
}

function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

async function get(url: string): Promise<{ readonly status: number; readonly bytes: Uint8Array }> {
  const { statusCode, body } = await request(url);
  return { status: statusCode, bytes: await body.bytes() };
}

async function getVerified(base: string, { digest, size }: Descriptor): Promise<Uint8Array> {
  const { bytes } = await get(`${base}/${digest}`);
  expect([sha256(bytes), bytes.length]).toEqual([digest, size]);
  return bytes;
}

function parse(bytes: Uint8Array): Record<string, never> {
  return JSON.parse(Buffer.from(bytes).toString()) as Record<string, never>;
}

describe("startOciRegistry", () => {
  it("answers the ping of a client", async () => {
    const server = await startRegistry();
    expect((await get(`${server.url}/v2/`)).status).toBe(200);
    expect(server.requests).toEqual([{ method: "GET", path: "/v2/", status: 200 }]);
  });

  it("holds whole images: every digest and size is right, down to the layers", async () => {
    const server = await startRegistry({ fixture });
    const base = `${server.url}/v2/team/app`;
    const index = parse((await get(`${base}/manifests/1`)).bytes);
    const manifests: readonly Descriptor[] = index["manifests"] ?? [];
    expect(manifests).toHaveLength(4);
    for (const child of manifests) {
      const manifest = parse(await getVerified(`${base}/manifests`, child));
      const layers: readonly Descriptor[] = manifest["layers"] ?? [];
      const config = parse(await getVerified(`${base}/blobs`, manifest["config"] ?? child));
      for (const layer of layers) {
        const bytes = await getVerified(`${base}/blobs`, layer);
        if (!layer.mediaType.endsWith("gzip")) continue;
        expect(config["rootfs"]).toEqual({ type: "layers", diff_ids: [sha256(gunzipSync(bytes))] });
      }
    }
  });

  it("gives equal images one digest, and another content another", async () => {
    const server = await startRegistry();
    const digest = server.push("a", { tag: "1" });
    expect(server.push("a", { tag: "2" })).toBe(digest);
    expect(server.push("a", { tag: "3", content: "x" })).not.toBe(digest);
  });

  it("sends the headers of HEAD without a body", async () => {
    const server = await startRegistry({ fixture });
    const { statusCode, headers, body } = await request(`${server.url}/v2/team/app/manifests/2`, {
      method: "HEAD",
    });
    expect(statusCode).toBe(200);
    expect(headers["docker-content-digest"]).toMatch(/^sha256:/);
    expect(Number(headers["content-length"])).toBeGreaterThan(100);
    expect(await body.bytes()).toHaveLength(0);
  });

  it("deletes a manifest, and with it its tags", async () => {
    const server = await startRegistry({ fixture });
    const digest = server.push("team/app", { tag: "3", content: "x" });
    const url = `${server.url}/v2/team/app/manifests`;
    const { statusCode } = await request(`${url}/${digest}`, { method: "DELETE" });
    expect([statusCode, (await get(`${url}/3`)).status, (await get(`${url}/2`)).status]).toEqual([
      202, 404, 200,
    ]);
  });

  it("lets nobody delete with a token to pull", async () => {
    const auth = { username: "u", password: "p", anonymousPull: true };
    const server = await startRegistry({ fixture, auth });
    const scope = "repository:team/app:pull,delete";
    const token = parse((await get(`${server.url}/token?scope=${scope}`)).bytes)["token"];
    const url = `${server.url}/v2/team/app/manifests/2`;
    const headers = { authorization: `Bearer ${String(token)}` };
    const statuses = [];
    for (const method of ["GET", "DELETE"] as const) {
      const { statusCode, body } = await request(url, { method, headers });
      statuses.push(statusCode);
      await body.dump();
    }
    expect(statuses).toEqual([200, 401]);
  });

  it("lists what is attached, and with a filter says so", async () => {
    const server = await startRegistry({ fixture });
    const subject = server.push("team/app", { tag: "3" });
    const digest = server.attach("team/app", subject, { artifactType: "a/b" });
    server.attach("team/app", subject, { artifactType: "c/d", annotations: { k: "v" } });
    const base = `${server.url}/v2/team/app`;
    const manifest = parse((await get(`${base}/manifests/${digest}`)).bytes);
    expect(manifest).toMatchObject({ artifactType: "a/b", subject: { digest: subject } });
    const { headers, body } = await request(`${base}/referrers/${subject}?artifactType=a/b`);
    expect(headers["oci-filters-applied"]).toBe("artifactType");
    expect(await body.json()).toMatchObject({ manifests: [{ digest, artifactType: "a/b" }] });
    await request(`${base}/manifests/${digest}`, { method: "DELETE" });
    const left = parse((await get(`${base}/referrers/${subject}`)).bytes)["manifests"];
    expect(left).toMatchObject([{ artifactType: "c/d", annotations: { k: "v" } }]);
  });

  it("attaches to nothing that is not there", async () => {
    const server = await startRegistry({ fixture });
    const attach = (): string => server.attach("team/app", "sha256:0", { artifactType: "a/b" });
    expect(attach).toThrow("team/app has no manifest sha256:0");
  });

  it("uses up a fault that has a number", async () => {
    const server = await startRegistry({ fixture });
    server.setFaults([{ on: "manifest", behave: "server-error", tag: "2", times: 1 }]);
    const url = `${server.url}/v2/team/app/manifests`;
    const statuses = [];
    for (const tag of ["1", "2", "2"]) statuses.push((await get(`${url}/${tag}`)).status);
    expect(statuses).toEqual([200, 503, 200]);
  });
});
