import type { ReadResult, WriteBackLocation } from "@image-updater/core";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { startGitServer, type GitTestServer } from "../src/testing/index.js";
import { codeOf, gitSettings, localGit } from "./changes.js";

let server: GitTestServer;
let url: string;

beforeAll(async () => {
  server = await startGitServer();
  ({ url } = await server.createRepository("read", {
    branches: {
      main: { "a.yaml": "main", "bytes.bin": new Uint8Array([0, 255, 10]) },
      work: { "a.yaml": "work" },
    },
  }));
});
afterAll(() => server.close());
beforeEach(() => server.clearRequests());

function read(
  reads: readonly (readonly [location: WriteBackLocation | undefined, paths: readonly string[]])[],
): Promise<readonly ReadResult[]> {
  const application = { name: "app", namespace: "argocd" };
  return localGit().read(
    reads.map(([location, paths]) => ({ application, settings: gitSettings, location, paths })),
  );
}

function text(result: ReadResult | undefined, path: string): string | undefined {
  const bytes = result?.kind === "read" ? result.files.get(path) : undefined;
  return bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8");
}

it("answers bytes by path, and undefined for what is not there", async () => {
  const [result] = await read([
    [{ repository: url }, ["bytes.bin", "none.yaml", "no/folder.yaml"]],
  ]);
  expect(result?.kind === "read" ? [...result.files] : result).toEqual([
    ["bytes.bin", Buffer.from([0, 255, 10])],
    ["none.yaml", undefined],
    ["no/folder.yaml", undefined],
  ]);
});

it("reads the branch to push when it is there, else its base", async () => {
  const results = await read([
    [{ repository: url, base: "main" }, ["a.yaml"]],
    [{ repository: url, base: "main", branch: "work" }, ["a.yaml"]],
    [{ repository: url, base: "main", branch: "not-yet" }, ["a.yaml"]],
    [{ repository: url, base: "gone" }, ["a.yaml"]],
    [undefined, ["a.yaml"]],
  ]);
  expect(results.slice(0, 3).map((result) => text(result, "a.yaml"))).toEqual([
    "main",
    "work",
    "main",
  ]);
  expect(results.slice(3).map(codeOf)).toEqual(["branch-not-found", "unsupported"]);
});

it("fetches a commit that several reads share once, folder level by folder level", async () => {
  await read([
    [{ repository: url, base: "main" }, ["a.yaml"]],
    [{ repository: url }, ["bytes.bin"]],
    [{ repository: url, branch: "not-yet" }, ["a.yaml"]],
  ]);
  expect(server.requests.map(({ service, command }) => command ?? service)).toEqual([
    "info/refs",
    "ls-refs",
    // The commit, its tree, both files.
    "fetch",
    "fetch",
    "fetch",
  ]);
});

it("fails every read of a repository that is gone, and no other", async () => {
  const results = await read([
    [{ repository: `${server.url}/gone.git` }, ["a.yaml"]],
    [{ repository: url }, ["a.yaml"]],
  ]);
  expect(results.map(codeOf)).toEqual(["not-found", "read"]);
});

it("answers bytes that are the caller's to change", async () => {
  const target = localGit();
  const application = { name: "app", namespace: "argocd" };
  const reads = [
    { application, settings: gitSettings, location: { repository: url }, paths: ["a.yaml"] },
  ];
  for (let time = 0; time < 3; time += 1) {
    const [result] = await target.read(reads);
    expect(text(result, "a.yaml")).toBe("main");
    if (result?.kind === "read") result.files.get("a.yaml")?.fill(0);
  }
});
