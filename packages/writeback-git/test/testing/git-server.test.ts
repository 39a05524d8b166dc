import { access } from "node:fs/promises";
import { expect, it } from "vitest";
import { startGitServer } from "../../src/testing/index.js";
import { change, codeOf, localGit, override } from "../changes.js";

it("serves what it was given, and tells what became of it", async () => {
  const server = await startGitServer();
  const { url, path } = await server.createRepository("team/apps", {
    branches: {
      trunk: { 'a b/ä "q".txt': "text", "run.sh": { content: "#!/bin/sh\n", mode: "100755" } },
    },
    defaultBranch: "trunk",
  });
  expect(url).toBe(`${server.url}/team/apps.git`);
  expect(await server.readFile("team/apps", "trunk", 'a b/ä "q".txt')).toBe("text");
  expect(await server.readFile("team/apps", "trunk", "none")).toBeUndefined();
  expect(await server.readFile("team/apps", "none", "run.sh")).toBeUndefined();
  const id = await server.commit(
    "team/apps",
    "trunk",
    { "run.sh": undefined, x: " missing" },
    "m\n\nb\n",
  );
  expect(await server.readFile("team/apps", "trunk", "x")).toBe(" missing");
  expect((await server.log("team/apps", "trunk")).map(({ message }) => message)).toEqual([
    "m\n\nb\n",
    "first commit",
  ]);
  expect((await server.git("team/apps", ["rev-parse", "HEAD"])).toString().trim()).toBe(id);
  await server.fsck("team/apps");
  await server.close();
  await expect(access(path)).rejects.toThrow("ENOENT");
});

it("closes while a request hangs and a hook runs", async () => {
  const server = await startGitServer();
  const { url } = await server.createRepository("a", { branches: { main: { a: "a" } } });
  await server.installHook("a", "pre-receive", "sleep 600");
  const hanging = localGit({ deadlineMs: 0 }).write([
    change("app", { repository: url }, [override("b.yaml", "v2")]),
  ]);
  const pushes = (): number =>
    server.requests.filter(({ service }) => service === "git-receive-pack").length;
  await expect.poll(pushes).toBe(1);
  await server.close();
  expect(codeOf((await hanging)[0])).toBe("unavailable");
});
