import type { GitCredential, GitCredentialRequest } from "@image-updater/core";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { startGitServer, type GitTestServer } from "../../src/testing/index.js";
import { change, codeOf, localGit, messageOf, override } from "../changes.js";

const OLD: GitCredential = { kind: "basic", username: "bot", password: "old-passw0rd" };
const NEW: GitCredential = { kind: "basic", username: "bot", password: "new-passw0rd" };

let server: GitTestServer;
let url: string;
let count = 0;

beforeAll(async () => {
  server = await startGitServer({ auth: NEW });
});
afterAll(() => server.close());
afterEach(() => {
  server.setFaults([]);
  server.clearRequests();
});

async function create(): Promise<string> {
  count += 1;
  const name = `app${count}`;
  const branches = { main: { a: "a" }, other: { a: "a" } };
  ({ url } = await server.createRepository(name, { branches }));
  server.clearRequests();
  return name;
}

/** Answers one credential after the other, the last for ever; what is an error is thrown. */
function answering(...answers: readonly (GitCredential | Error)[]): {
  readonly target: ReturnType<typeof localGit>;
  readonly asked: readonly GitCredentialRequest[];
} {
  const asked: GitCredentialRequest[] = [];
  const forGit = async (request: GitCredentialRequest): Promise<GitCredential> => {
    asked.push(request);
    const answer = answers[Math.min(asked.length, answers.length) - 1];
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error("no answer");
    return answer;
  };
  const target = localGit({ credentials: { forGit }, random: () => 0 });
  return { target, asked };
}

const onBranch = (branch: string): ReturnType<typeof change> =>
  change(branch, { repository: url, base: branch }, [override(`${branch}.yaml`, "v2")]);

it("is asked for once more, and the newer one is used", async () => {
  const name = await create();
  const { target, asked } = answering(OLD, NEW);
  const results = await target.write([onBranch("main"), onBranch("other")]);
  expect(results.map(codeOf)).toEqual(["written", "written"]);
  expect(asked.map(({ rejected }) => rejected)).toEqual([undefined, true]);
  expect(await server.log(name, "main")).toHaveLength(2);
  const read = {
    application: { name: "app", namespace: "argocd" },
    settings: onBranch("main").settings,
  };
  const again = answering(OLD, NEW);
  const files = await again.target.read([{ ...read, location: { repository: url }, paths: ["a"] }]);
  expect(files.map(({ kind }) => kind)).toEqual(["read"]);
});

it("is asked for a second time only", async () => {
  await create();
  const { target, asked } = answering(OLD, { ...OLD, password: "older" }, NEW);
  const [result] = await target.write([onBranch("main")]);
  expect(codeOf(result)).toBe("unauthorized");
  expect(asked).toHaveLength(2);
});

it.each([
  ["the same again", [OLD, { ...OLD }]],
  ["an error", [OLD, new Error("gone")]],
])("is not tried again when the answer is %s", async (_title, answers) => {
  await create();
  const { target, asked } = answering(...answers);
  const [result] = await target.write([onBranch("main")]);
  expect(codeOf(result)).toBe("unauthorized");
  expect(messageOf(result)).toContain("the credentials were refused");
  expect(asked).toHaveLength(2);
  expect(server.requests).toHaveLength(1);
});

it("is not asked for again for another reason", async () => {
  await create();
  server.setFaults([{ status: 403 }]);
  const { target, asked } = answering(NEW);
  expect(codeOf((await target.write([onBranch("main")]))[0])).toBe("forbidden");
  expect(asked).toHaveLength(1);
});

it("is asked for what was refused only: nothing is pushed twice", async () => {
  const name = await create();
  // The token ends after the first of two pushes.
  let pushes = 0;
  const before = async (): Promise<void> => {
    pushes += 1;
    if (pushes === 1) server.setFaults([{ service: "git-receive-pack", status: 401, times: 1 }]);
  };
  server.setFaults([{ service: "git-receive-pack", before }]);
  const { target, asked } = answering(NEW, { ...NEW, expiresAt: "2024-01-01T00:00:00Z" });
  const results = await target.write([onBranch("main"), onBranch("other")]);
  expect(results.map(codeOf)).toEqual(["written", "written"]);
  expect(asked).toHaveLength(2);
  expect(await server.log(name, "main")).toHaveLength(2);
  expect(await server.log(name, "other")).toHaveLength(2);
});

it("does not lead to a second commit when a push arrived whose answer was lost", async () => {
  const name = await create();
  server.setFaults([
    {
      service: "git-receive-pack",
      dropAnswer: true,
      times: 1,
      before: async () => {
        server.setFaults([{ command: "ls-refs", status: 401, times: 1 }]);
      },
    },
  ]);
  const { target } = answering(NEW, { ...NEW, expiresAt: "2024-01-01T00:00:00Z" });
  const results = await target.write([onBranch("main")]);
  expect(results.map(codeOf)).toEqual(["unchanged"]);
  expect(await server.log(name, "main")).toHaveLength(2);
});
