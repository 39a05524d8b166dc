import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { factsCacheContract } from "@image-updater/core/testing";
import { fileFactsCache } from "@image-updater/registry-oci";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const SCOPE = { repository: "registry.example.com/team/app", identity: "env:TOKEN" };
const REMEMBERED = { digest: "sha256:1", seenAt: "2024-01-01T00:00:00.000Z" };

let directory = "";

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "facts-cache-"));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

describe("fileFactsCache keeps the FactsCache contract", () => {
  const clauses = factsCacheContract({
    create: () => Promise.resolve(fileFactsCache({ directory })),
  });
  for (const { name, run } of clauses) it(name, run);
});

it("gives a later process what an earlier one learnt", async () => {
  await fileFactsCache({ directory }).writeTag(SCOPE, "1.0", REMEMBERED);
  expect(await fileFactsCache({ directory }).readTag(SCOPE, "1.0")).toEqual(REMEMBERED);
});

it("creates its folder, and leaves no temporary files", async () => {
  const nested = join(directory, "a", "b");
  await fileFactsCache({ directory: nested }).writeTag(SCOPE, "1.0", REMEMBERED);
  expect(await readdir(nested)).toHaveLength(1);
});

it.each([
  ["garbage", "{"],
  ["something else", '{"digest":1}'],
  ["a digest that is none", '{"digest":"../../x","seenAt":"2024-01-01T00:00:00.000Z"}'],
])("takes %s for a miss", async (_what, text) => {
  const cache = fileFactsCache({ directory });
  await cache.writeTag(SCOPE, "1.0", REMEMBERED);
  const [file = ""] = await readdir(directory);
  await writeFile(join(directory, file), text);
  expect(await cache.readTag(SCOPE, "1.0")).toBeUndefined();
});

it("removes what is longest unused once it exceeds its bound", async () => {
  const cache = fileFactsCache({ directory, maxEntries: 10 });
  for (let index = 0; index < 1000; index += 1) {
    await cache.writeTag(SCOPE, `1.${index}`, REMEMBERED);
  }
  expect(await readdir(directory)).toHaveLength(10);
});

it("removes what a killed process left, and nothing that is being written", async () => {
  const names = ["tag-a.json.1.tmp", "tag-b.json.2.tmp", "other.txt"];
  await Promise.all(names.map((name) => writeFile(join(directory, name), "{")));
  const old = new Date(Date.now() - 7_200_000);
  for (const name of ["tag-a.json.1.tmp", "other.txt"]) {
    await utimes(join(directory, name), old, old);
  }
  await fileFactsCache({ directory }).writeTag(SCOPE, "1.0", REMEMBERED);
  const left = (await readdir(directory)).filter((name) => !/^tag-\w{64}\.json$/u.test(name));
  expect(left.toSorted()).toEqual(["other.txt", "tag-b.json.2.tmp"]);
});

it("names no repository and no credentials in its files", async () => {
  await fileFactsCache({ directory }).writeTag(SCOPE, "1.0", REMEMBERED);
  const [file = ""] = await readdir(directory);
  const text = `${file}${await readFile(join(directory, file), "utf8")}`;
  expect(text).not.toContain("team");
  expect(text).not.toContain("TOKEN");
});
