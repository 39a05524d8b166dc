import { WriteBackError } from "@image-updater/core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Forge, ForgePullRequest } from "../../src/forge/forge.js";
import { startForgeServer, type ForgeTestServer } from "../../src/testing/index.js";
import { branchesWith, FORGES, forgeOn, leapingClock, TOKEN } from "./forges.js";

const PATH = "team/app";
const commits = branchesWith({
  main: 0,
  release: 0,
  update: 1,
  other: 2,
  "with/slash": 1,
  empty: 0,
});
const draft = { head: "update", base: "main", title: "an update", body: "of nginx", labels: [] };

describe.each(FORGES)("the pull requests of %s", (kind) => {
  let server: ForgeTestServer;
  let forge: Forge;

  beforeAll(async () => {
    server = await startForgeServer({ kind, token: TOKEN, maxPageSize: 2 });
    forge = forgeOn(kind, server);
  });
  afterAll(() => server.close());
  afterEach(() => {
    server.setFaults([]);
    server.clearRequests();
    server.addRepository(PATH, { commits });
  });
  beforeAll(() => server.addRepository(PATH, { commits }));

  const opened = async (more: Partial<typeof draft> = {}): Promise<ForgePullRequest> => {
    const answer = await forge.open({ ...draft, ...more });
    if (answer.kind !== "opened") throw new Error(`not opened but ${answer.kind}`);
    return answer.pullRequest;
  };
  const failure = async (work: Promise<unknown>): Promise<WriteBackError> => {
    const error: unknown = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!WriteBackError.is(error)) throw new Error(`no WriteBackError but ${String(error)}`);
    expect(`${error.message} ${JSON.stringify(error)}`).not.toContain(TOKEN);
    return error;
  };

  describe("when opened", () => {
    it("say what they are", async () => {
      const pullRequest = await opened();
      expect(pullRequest).toMatchObject({ number: 1, state: "open", author: "updater" });
      expect(pullRequest).toMatchObject({ head: "update", base: "main", title: "an update" });
      expect(pullRequest.url).toMatch(/^http:.*team\/app.*1$/u);
      expect(server.pullRequests(PATH)).toMatchObject([{ title: "an update", body: "of nginx" }]);
    });

    it("exist already the second time", async () => {
      await opened();
      expect(await forge.open(draft)).toEqual({ kind: "exists" });
      expect(server.pullRequests(PATH)).toHaveLength(1);
    });

    it("may be opened again once the first is closed", async () => {
      const { number } = await opened();
      await forge.close(number, { body: "", comment: "closed" });
      expect((await opened()).number).toBe(2);
    });

    it("are refused for a branch that is not there", async () => {
      const error = await failure(forge.open({ ...draft, head: "gone" }));
      expect(["rejected", "not-found"]).toContain(error.code);
    });
  });

  describe("when listed", () => {
    it("are found by their branches, the newest first, on all pages", async () => {
      for (const base of ["main", "release", "main", "main", "release", "main", "main"]) {
        server.open(PATH, { head: "update", base, state: "closed" });
      }
      const found = await forge.list({ head: "update", base: "main", state: "all" });
      expect(found.map(({ number }) => number)).toEqual([7, 6, 4, 3, 1]);
    });

    it("are those of a base, whatever their heads", async () => {
      for (const head of ["update", "other", "with/slash"])
        server.open(PATH, { head, base: "main" });
      server.open(PATH, { head: "update", base: "release" });
      const found = await forge.list({ base: "main", state: "open" });
      expect(found.map(({ head }) => head)).toEqual(["with/slash", "other", "update"]);
    });

    it.each(["update", "with/slash"])("have a state, from the branch %s", async (head) => {
      server.open(PATH, { head, base: "main", state: "merged" });
      server.open(PATH, { head, base: "main", state: "closed" });
      server.open(PATH, { head, base: "main", labels: ["a", "b"] });
      const all = await forge.list({ head, base: "main", state: "all" });
      expect(all.map(({ state }) => state)).toEqual(["open", "closed", "merged"]);
      expect(all[0]?.labels).toEqual(["a", "b"]);
      const open = await forge.list({ head, base: "main", state: "open" });
      expect(open.map(({ number }) => number)).toEqual([3]);
    });

    it("are found although their branch is gone", async () => {
      server.open(PATH, { head: "gone", base: "main", state: "closed" });
      const found = await forge.list({ head: "gone", base: "main", state: "all" });
      expect(found).toMatchObject([{ head: "gone", state: "closed" }]);
    });

    it("are not those of forks, whose branches anybody may name as ours", async () => {
      server.open(PATH, { head: "update", base: "main", fork: true, state: "closed" });
      expect(await forge.list({ head: "update", base: "main", state: "all" })).toEqual([]);
      expect(await forge.list({ base: "main", state: "all" })).toEqual([]);
    });

    it("have an empty body where there is none", async () => {
      server.open(PATH, { head: "update", base: "main", body: "" });
      const [found] = await forge.list({ head: "update", base: "main", state: "all" });
      expect(found?.body).toBe("");
    });
  });

  describe("when changed", () => {
    it("keep what is not named", async () => {
      const { number } = await opened();
      await forge.update(number, { title: "another" });
      expect(server.pullRequests(PATH)).toMatchObject([{ title: "another", body: "of nginx" }]);
      await forge.update(number, { body: "of redis" });
      expect(server.pullRequests(PATH)).toMatchObject([{ title: "another", body: "of redis" }]);
    });

    it("keep the labels they have", async () => {
      const { number } = await opened();
      server.edit(PATH, number, { labels: ["by hand"] });
      await forge.update(number, { addLabels: ["images", "bot"] });
      expect(server.pullRequests(PATH)[0]?.labels).toEqual(["by hand", "images", "bot"]);
    });

    it("are closed, with a new body and a comment", async () => {
      const { number } = await opened();
      await forge.close(number, { body: "closed by us", comment: "see the next" });
      expect(server.pullRequests(PATH)).toMatchObject([
        { state: "closed", body: "closed by us", comments: ["see the next"], title: "an update" },
      ]);
    });

    it("are not-found when there is none", async () => {
      expect((await failure(forge.update(99, { title: "x" }))).code).toBe("not-found");
    });
  });

  describe("behind a rate limit", () => {
    it("are asked for again when the forge says so", async () => {
      const clock = leapingClock();
      const patient = forgeOn(kind, server, { limits: { clock } });
      const headers = { "retry-after": "7" };
      server.setFaults([{ status: 429, headers, times: 1 }]);
      const before = clock.now().getTime();
      expect(await patient.list({ base: "main", state: "open" })).toEqual([]);
      expect(clock.now().getTime() - before).toBeGreaterThanOrEqual(7000);
      expect(server.requests).toHaveLength(2);
    });

    it("are opened again, for nothing was opened", async () => {
      const patient = forgeOn(kind, server, { limits: { clock: leapingClock() } });
      const headers = { "x-ratelimit-remaining": "0", "retry-after": "1" };
      server.setFaults([{ method: "POST", status: 403, headers, times: 1 }]);
      expect((await patient.open(draft)).kind).toBe("opened");
    });

    it("are given up when the wait is too long", async () => {
      server.setFaults([{ status: 429, headers: { "retry-after": "3600" } }]);
      const error = await failure(forge.list({ base: "main", state: "open" }));
      expect(error).toMatchObject({ code: "unavailable", retryable: true });
      expect(error.message).toContain("3600 s");
      expect(server.requests).toHaveLength(1);
    });

    it("are given up when the limit is not lifted", async () => {
      const patient = forgeOn(kind, server, { limits: { clock: leapingClock() } });
      server.setFaults([{ status: 429 }]);
      expect((await failure(patient.list({ base: "main", state: "open" }))).code).toBe(
        "unavailable",
      );
      expect(server.requests).toHaveLength(3);
    });
  });

  describe("on a server that fails", () => {
    it("are asked for again", async () => {
      server.setFaults([{ status: 502, body: "<html>", times: 2 }]);
      expect(await forge.list({ base: "main", state: "open" })).toEqual([]);
    });

    it("are not opened twice, for the first may be there", async () => {
      server.setFaults([{ method: "POST", dropAnswer: true, times: 1 }]);
      expect((await failure(forge.open(draft))).code).toBe("unavailable");
      expect(server.writes()).toHaveLength(1);
      expect(server.pullRequests(PATH)).toHaveLength(1);
    });

    it.each([
      [{ status: 401 }, "unauthorized", "token was refused"],
      [{ status: 403, body: { message: "may not" } }, "forbidden", "may not"],
      [{ status: 404, body: "<html>not here</html>" }, "not-found", "no such repository"],
      [{ status: 422, body: { message: "no", errors: ["why"] } }, "rejected", "no; why"],
      [{ status: 400, body: { message: { base: ["is odd"] } } }, "rejected", "base: is odd"],
      [{ status: 500, body: { message: `of ${TOKEN}` } }, "unavailable", "of [secret]"],
      [{ status: 200, body: "<html>" }, "invalid-response", "not JSON"],
      [{ status: 200, body: [{ number: "1" }] }, "invalid-response", "not as expected"],
      [
        { status: 302, headers: { location: "https://elsewhere.example/" } },
        "invalid-response",
        "",
      ],
    ] as const)("%o is an error", async (fault, code, words) => {
      server.setFaults([fault]);
      const error = await failure(forge.list({ base: "main", state: "open" }));
      expect(error.code).toBe(code);
      expect(error.message).toContain(words);
      expect(error.message).toContain("https://git.example.com/team/app.git");
    });

    it("are waited for no longer than allowed", async () => {
      server.setFaults([{ hang: true }]);
      const hasty = forgeOn(kind, server, { requestTimeoutMs: 50, limits: { deadlineMs: 0 } });
      expect((await failure(hasty.list({ base: "main", state: "open" }))).code).toBe("timeout");
    });

    it("are given up with the caller's signal", async () => {
      const controller = new AbortController();
      server.setFaults([{ hang: true, before: () => controller.abort() }]);
      const listing = forge.list({ base: "main", state: "open" }, controller.signal);
      expect((await failure(listing)).code).toBe("cancelled");
    });

    it("end with a list that leads round", async () => {
      const link = `<${server.url}/anything?page=1>; rel="next"`;
      server.setFaults([{ status: 200, body: [], headers: { link } }]);
      const error = await failure(forge.list({ base: "main", state: "open" }));
      expect(error.code).toBe("invalid-response");
      expect(server.requests.length).toBeLessThan(4);
    });
  });

  it("are refused to another token", async () => {
    const stranger = forgeOn(kind, server, { token: "another-token" });
    const error = await failure(stranger.list({ base: "main", state: "open" }));
    expect(error.code).toBe("unauthorized");
    expect(error.message).not.toContain("another-token");
  });

  it("are those of the repository that the URL names", async () => {
    const foreign = forgeOn(kind, server, { repository: "https://git.example.com/team/none.git" });
    expect((await failure(foreign.list({ base: "main", state: "open" }))).code).toBe("not-found");
  });

  it("follow a repository to its new name, on the same server only", async () => {
    const old = forgeOn(kind, server, { repository: "https://git.example.com/team/old.git" });
    const encoded = kind === "gitlab" ? "team%2Fold" : "team/old";
    server.open(PATH, { head: "update", base: "main" });
    server.setFaults([
      {
        path: encoded,
        status: 301,
        headers: { location: `${server.url}${pathOf(kind)}?state=${openState(kind)}` },
      },
    ]);
    const found = await old.list({ base: "main", state: "open" });
    expect(found).toMatchObject([{ head: "update" }]);
  });
});

function pathOf(kind: string): string {
  return kind === "gitlab" ? "/projects/team%2Fapp/merge_requests" : "/repos/team/app/pulls";
}

function openState(kind: string): string {
  return kind === "gitlab" ? "opened" : "open";
}
