import { WriteBackError, type ForgeKind } from "@image-updater/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openForge } from "../../src/forge/open-forge.js";
import { systemClock } from "@image-updater/core/system";
import { startForgeServer, type ForgeTestServer } from "../../src/testing/index.js";
import { branchesWith, FORGES, forgeOn, TOKEN } from "./forges.js";

const PATH = "team/app";
const commits = branchesWith({ main: 0, update: 1, same: 0 });
const draft = { head: "update", base: "main", title: "an update", body: "", labels: ["images"] };

function servedBy(kind: ForgeKind): () => ForgeTestServer {
  let server: ForgeTestServer | undefined;
  beforeAll(async () => {
    server = await startForgeServer({ kind, token: TOKEN, maxPageSize: 2 });
  });
  afterAll(() => server?.close());
  return () => {
    if (server === undefined) throw new Error("the server is not started");
    server.setFaults([]);
    server.clearRequests();
    server.addRepository(PATH, { commits });
    return server;
  };
}

describe("GitHub", () => {
  const served = servedBy("github");

  it("is told the token and the version of its API", async () => {
    const server = served();
    await forgeOn("github", server).list({ base: "main", state: "open" });
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      "x-github-api-version": "2022-11-28",
    });
    expect(server.requests[0]?.headers["user-agent"]).toBeDefined();
  });

  it("has nothing to merge where no commit differs", async () => {
    const forge = forgeOn("github", served());
    expect(await forge.open({ ...draft, head: "same" })).toEqual({ kind: "nothing" });
  });

  it("sets labels by name, after the pull request is opened", async () => {
    const server = served();
    const forge = forgeOn("github", server);
    const answer = await forge.open(draft);
    expect(answer).toMatchObject({ kind: "opened", pullRequest: { labels: [] } });
    await forge.update(1, { addLabels: ["images"] });
    expect(server.writes().map(({ path }) => path)).toEqual([
      "/repos/team/app/pulls",
      "/repos/team/app/issues/1/labels",
    ]);
  });

  it("may have lost the fork of a pull request", async () => {
    const server = served();
    const branch = { ref: "update", repo: null };
    const base = { ref: "main", repo: { id: 1 } };
    const pull = { number: 1, html_url: "u", state: "open", title: "t", head: branch, base };
    server.setFaults([{ status: 200, body: [pull] }]);
    expect(await forgeOn("github", server).list({ base: "main", state: "open" })).toEqual([]);
  });
});

describe("GitLab", () => {
  const served = servedBy("gitlab");

  it("sets labels as it opens a merge request", async () => {
    const server = served();
    const answer = await forgeOn("gitlab", server).open({ ...draft, labels: ["a", "b c"] });
    expect(answer).toMatchObject({ kind: "opened", pullRequest: { labels: ["a", "b c"] } });
    expect(server.writes()).toHaveLength(1);
  });

  it("refuses a label with a comma, but opens the merge request", async () => {
    const forge = forgeOn("gitlab", served());
    const answer = await forge.open({ ...draft, labels: ["a", "b,c"] });
    expect(answer).toMatchObject({ kind: "opened", pullRequest: { labels: ["a"] } });
    await expect(forge.update(1, { addLabels: ["b,c"] })).rejects.toThrow(/"b,c" has a comma/u);
  });

  it("takes a token of either kind, of which ours is sent as a bearer", async () => {
    const server = served();
    await forgeOn("gitlab", server).list({ base: "main", state: "open" });
    expect(server.requests[0]?.headers["authorization"]).toBe(`Bearer ${TOKEN}`);
  });

  it("names a project with all its groups", async () => {
    const server = served();
    server.addRepository("a/b/c", { commits });
    const forge = forgeOn("gitlab", server, { repository: "https://git.example.com/a/b/c.git" });
    expect(await forge.open(draft)).toMatchObject({ kind: "opened" });
    expect(server.requests[0]?.path).toBe("/projects/a%2Fb%2Fc/merge_requests");
  });

  it("counts one that is being merged as open", async () => {
    const server = served();
    server.open(PATH, { head: "update", base: "main" });
    const body = [
      {
        iid: 1,
        web_url: "u",
        state: "locked",
        title: "t",
        description: null,
        source_branch: "update",
        target_branch: "main",
        source_project_id: 1,
        target_project_id: 1,
        labels: [],
        author: { username: "x" },
      },
    ];
    server.setFaults([{ status: 200, body }]);
    const [found] = await forgeOn("gitlab", server).list({ base: "main", state: "open" });
    expect(found?.state).toBe("open");
  });
});

describe("Gitea", () => {
  const served = servedBy("gitea");

  it("is asked once for a head that no pull request ever had", async () => {
    const server = served();
    for (const head of ["a", "b", "c", "d", "e"]) server.open(PATH, { head, base: "main" });
    const forge = forgeOn("gitea", server);
    expect(await forge.list({ base: "main", head: "update", state: "all" })).toEqual([]);
    expect(server.requests.map(({ path }) => path)).toEqual(["/repos/team/app/pulls/main/update"]);
  });

  it("is asked for all where a server does not know that question", async () => {
    const server = served();
    server.open(PATH, { head: "update", base: "main" });
    server.setFaults([{ path: "/pulls/main/", status: 404, body: "404 page not found" }]);
    const forge = forgeOn("gitea", server);
    const found = await forge.list({ base: "main", head: "update", state: "all" });
    expect(found).toMatchObject([{ head: "update" }]);
  });

  it("gets labels by id: of the repository, of the organisation, or new", async () => {
    const server = served();
    server.addRepository(PATH, {
      commits,
      labels: ["one", "two", "three", "Images"],
      organizationLabels: ["other", "org-1", "org-2", "images", "bot"],
    });
    const forge = forgeOn("gitea", server);
    await forge.open(draft);
    await forge.update(1, { addLabels: ["images", "bot", "new"] });
    expect(server.pullRequests(PATH)[0]?.labels).toEqual(["Images", "bot", "new"]);
    const { body } = server.writes().at(-1) ?? {};
    expect(body).toEqual({ labels: [4, 1005, 5] });
  });

  it("gets new labels where the owner is a person, who has none", async () => {
    const server = served();
    const forge = forgeOn("gitea", server);
    await forge.open(draft);
    await forge.update(1, { addLabels: ["images"] });
    expect(server.pullRequests(PATH)[0]?.labels).toEqual(["images"]);
  });

  it("is told the token in its own way", async () => {
    const server = served();
    await forgeOn("gitea", server).list({ base: "main", state: "open" });
    expect(server.requests[0]?.headers["authorization"]).toBe(`token ${TOKEN}`);
  });
});

describe.each(FORGES)("%s cannot be used", (kind) => {
  const limits = {
    target: "",
    clock: systemClock(),
    random: () => 0,
    deadlineMs: 0,
    signal: undefined,
  };
  const open = (repository: string, token: string | undefined): unknown => {
    const access =
      token === undefined ? undefined : ({ kind: "basic", token, dispatcher: undefined } as const);
    try {
      return openForge(kind, {
        repository,
        access,
        apiUrls: {},
        allowHttp: true,
        requestTimeoutMs: 1,
        limits,
      });
    } catch (error) {
      return error;
    }
  };

  it.each([
    ["without a token", "https://git.example.com/o/r", undefined, "needs a token"],
    ["with an empty token", "https://git.example.com/o/r", "", "needs a token"],
    ["over SSH alone", "ssh://git.example.com/o/r", undefined, "an SSH key"],
    ["for a path with one name", "https://git.example.com/r.git", TOKEN, "OWNER/|GROUP/"],
  ])("%s", (_title, repository, token, words) => {
    const error = open(repository, token);
    if (!WriteBackError.is(error)) throw new Error("no WriteBackError");
    expect(error.code).toBe("unsupported");
    expect(error.message).toMatch(new RegExp(words, "u"));
    expect(error.message).toContain(repository);
  });
});
