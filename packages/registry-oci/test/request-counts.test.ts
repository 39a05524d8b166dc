import type { Credential } from "@image-updater/core";
import { describe, expect, it } from "vitest";
import { createClient, pathsOf, repositoryOf, startRegistry } from "./support/loopback.js";

const auth = { username: "robot", password: "s3cret" };
const user: Credential = { kind: "basic", username: "robot", password: "s3cret" };
const credentials = { forRepository: async () => user };
const tags = Array.from({ length: 20 }, (_, index) => `1.${index}`);
const fixture = {
  "team/app": tags.map((tag) => ({ tag })),
  "team/index": [{ tag: "1", platforms: ["linux/amd64", "linux/arm64/v8", "linux/s390x"] }],
};
const BOTH = { platforms: ["linux/amd64", "linux/arm64"] };

describe("what a poll of a token registry costs", () => {
  it("is a list, and the first time a challenge and a token", async () => {
    const server = await startRegistry({ fixture, auth });
    const client = createClient({ credentials });
    const costs: number[] = [];
    for (let poll = 0; poll < 3; poll += 1) {
      const before = server.requests.length;
      await client.listTags(repositoryOf(server));
      costs.push(server.requests.length - before);
    }
    expect(costs).toEqual([3, 1, 1]);
  });

  it("is one HEAD for a digest", async () => {
    const server = await startRegistry({ fixture, auth });
    const client = createClient({ credentials });
    await client.resolveDigest(repositoryOf(server), "1.0");
    await client.resolveDigest(repositoryOf(server), "1.0");
    const HEAD = "HEAD /v2/team/app/manifests/1.0";
    expect(pathsOf(server)).toEqual([
      `${HEAD} 401`,
      "GET /token 200",
      `${HEAD} 200`,
      `${HEAD} 200`,
    ]);
  });

  it("is one request for each tag and one for each image behind them, with one token", async () => {
    const server = await startRegistry({ fixture, auth });
    const client = createClient({ credentials });
    await client.listTags(repositoryOf(server));
    const before = server.requests.length;
    await Promise.all(tags.map((tag) => client.describeTag(repositoryOf(server), tag, BOTH)));
    expect(server.requests.length - before).toBe(tags.length + 1);
    expect(pathsOf(server).filter((path) => path.includes("/token"))).toHaveLength(1);
  });

  it("is one request for an index, and two for each wanted platform", async () => {
    const server = await startRegistry({ fixture });
    await createClient().describeTag(repositoryOf(server, "team/index"), "1", BOTH);
    expect(server.requests).toHaveLength(1 + 2 * 2);
  });

  it("has no ping", async () => {
    const server = await startRegistry({ fixture, auth });
    const client = createClient({ credentials });
    await client.listTags(repositoryOf(server));
    await client.describeTag(repositoryOf(server), "1.0", BOTH);
    expect(server.requests.filter(({ path }) => /^\/v2\/?$/.test(path))).toEqual([]);
  });
});
