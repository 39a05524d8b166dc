import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  branchRef,
  createHttpTransport,
  createRepositoryMemories,
  createSmartHttp,
  encodeCommit,
  findStart,
  findTreeFile,
  openGitRemote,
  readCommitPoint,
  treeSourceOf,
  writeTreeFiles,
  type GitRemote,
} from "../src/index.js";
import { startGitServer, type GitTestServer } from "../src/testing/index.js";

let server: GitTestServer;
beforeAll(async () => {
  server = await startGitServer();
});
afterAll(() => server.close());

/** Greeting, branches, a commit, three folders and a file; what a push may hold, and the push. */
const REQUESTS = 9;
const VALUES = "image:\n  tag: v1\n";
const token = "a-token-of-the-readme";

function open(url: string): GitRemote {
  // #region open
  const send = createHttpTransport({ dispatcher: undefined, requestTimeoutMs: 30_000 });
  const authorization = { header: `Bearer ${token}`, secrets: [token] };
  const clock = { now: () => new Date() };
  const memories = createRepositoryMemories({ cacheBytes: 16 * 1024 * 1024, clock });
  const remote = openGitRemote({
    transport: createSmartHttp({ url, authorization, send }),
    memory: memories(url, token),
    preferences: { prefer: "fewer-bytes", maxPackBytes: 4 * 1024 * 1024 },
    pathProblem: (path) => (/(?:^|\/)\.git(?:\/|$)/iu.test(path) ? "it is in .git" : undefined),
  });
  // #endregion open
  return remote;
}

async function deploy(remote: GitRemote): Promise<string> {
  // #region change
  const main = { base: "main", branch: "main" };
  const now = await remote.advertise([main]);
  const { oid: parent } = findStart(remote.target, main, now);
  const paths = ["apps/web/values.yaml"];
  const objects = await remote.fetch({ oid: parent, paths, features: now.features });
  const source = treeSourceOf(remote, objects);
  const { tree } = await readCommitPoint(objects, parent);
  const { path, file } = await findTreeFile(source, tree, "apps/web/values.yaml");
  if (file === undefined) throw new Error("there is no such file");

  const text = Buffer.from(file.content).toString("utf8").replace("tag: v1", "tag: v2");
  const blob = await objects.write("blob", Buffer.from(text));
  const files = new Map([[path, { mode: file.mode, oid: blob }]]);
  const next = await writeTreeFiles(source, tree, files);
  const timestamp = Math.floor(Date.now() / 1000);
  const author = { name: "deploy", email: "deploy@example.com", timestamp };
  const message = "Deploy v2\n";
  const commit = await objects.write(
    "commit",
    encodeCommit({ tree: next.tree, parent, author, committer: author, message }),
  );

  const written = [blob, ...next.written, commit];
  const report = await remote.push({
    ref: branchRef("main"),
    expected: parent,
    next: commit,
    pack: (form) => objects.pack(written, form),
  });
  // #endregion change
  return report.kind;
}

it("changes the file that the README changes, without the rest", async () => {
  // Nothing makes it smaller than what may be downloaded.
  const large = randomBytes(6 * 1024 * 1024).toString("base64");
  const { url } = await server.createRepository("team/apps", {
    branches: { main: { "apps/web/values.yaml": VALUES, "large.bin": large } },
  });
  expect(await deploy(open(url))).toBe("accepted");
  const text = await server.readFile("team/apps", "main", "apps/web/values.yaml");
  expect(text).toBe("image:\n  tag: v2\n");
  expect((await server.readFile("team/apps", "main", "large.bin")) === large).toBe(true);
  expect(server.requests.length).toBeLessThanOrEqual(REQUESTS);
});

it("does not push over what somebody else pushed meanwhile", async () => {
  const { url } = await server.createRepository("team/race", {
    branches: { main: { "apps/web/values.yaml": VALUES } },
  });
  const remote = open(url);
  const racing: GitRemote = {
    ...remote,
    push: async (request, signal) => {
      await server.commit("team/race", "main", { other: "faster" });
      return remote.push(request, signal);
    },
  };
  expect(await deploy(racing)).toBe("refused");
  expect(await server.readFile("team/race", "main", "other")).toBe("faster");
  expect(await server.readFile("team/race", "main", "apps/web/values.yaml")).toBe(VALUES);
});
