import type { GitCredential, GitCredentialRequest } from "@image-updater/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startGitServer, type GitTestServer } from "../../src/testing/index.js";
import { change, codeOf, gitSettings, localGit, override } from "../changes.js";

const LOGIN: GitCredential = { kind: "basic", username: "bot", password: "s3cr3t-t0ken" };

let server: GitTestServer;

beforeAll(async () => {
  server = await startGitServer({ auth: LOGIN });
});
afterAll(() => server.close());

async function writeAs(
  name: string,
  forGit: (request: GitCredentialRequest) => GitCredential,
): Promise<{ readonly codes: readonly unknown[]; readonly pushes: number }> {
  const { url } = await server.createRepository(name, { branches: { main: { a: "a" } } });
  server.clearRequests();
  const target = localGit({ credentials: { forGit: async (request) => forGit(request) } });
  const results = await target.write(
    ["one", "two", "one", undefined].map((project, at) =>
      change(`app${at}`, { repository: url }, [override(`${at}.yaml`, "v2")], {
        project,
        ...(at === 2 ? { settings: { ...gitSettings, credentials: { kind: "repocreds" } } } : {}),
      }),
    ),
  );
  const pushes = server.requests.filter(({ service }) => service === "git-receive-pack");
  return { codes: results.map(codeOf), pushes: pushes.length };
}

it("applications of several projects share a push where their credentials are the same", async () => {
  const asked: unknown[] = [];
  const { codes, pushes } = await writeAs("same", ({ project }) => {
    asked.push(project);
    return { ...LOGIN };
  });
  expect(codes).toEqual(["written", "written", "written", "written"]);
  expect(asked).toEqual(["one", "two", "one", undefined]);
  expect(pushes).toBe(1);
  const messages = (await server.log("same", "main")).map(({ message }) => message.trim());
  expect(messages.slice(0, 4)).toEqual(
    [3, 2, 1, 0].map((at) => `build: automatic update of app${at}`),
  );
});

it("what one project may not do is not done with the credentials of another", async () => {
  const { codes } = await writeAs("own", ({ project }) =>
    project === "one" ? LOGIN : { ...LOGIN, password: project ?? "none" },
  );
  expect(codes).toEqual(["written", "unauthorized", "written", "unauthorized"]);
  expect(await server.log("own", "main")).toHaveLength(3);
});
