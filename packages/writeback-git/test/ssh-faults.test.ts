import { getEventListeners } from "node:events";
import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  type GitTransport,
  parseRepositoryUrl,
  type ServerFeatures,
} from "@image-updater/git-remote";
import {
  encodeFetch,
  encodeLsRefs,
  readGreeting,
  readLsRefs,
} from "@image-updater/git-remote/wire";
import { openSshAccess } from "../src/access/open-ssh-access.js";
import { startSshGitServer, type SshGitTestServer } from "../src/testing/index.js";
import { describeSsh, FILES, sshGit, writeTag } from "./ssh-stage.js";

let server: SshGitTestServer;

/** Says nothing, until its connection ends. */
const HANG = "exec cat >/dev/null";
/** Ends the daemon's own process, and so the connection. */
const CUT = `kill -9 $PPID; ${HANG}`;

describeSsh("over SSH, when something goes wrong,", () => {
  beforeAll(async () => {
    server = await startSshGitServer();
  });
  afterAll(() => server.close());
  afterEach(async () => {
    server.setConnectionFault(undefined);
    await server.setProgramFaults([]);
  });

  describe("a connection", () => {
    it("that is refused by everybody is unavailable", async () => {
      const url = await deadUrl();
      const result = await writeTag(sshGit(server, { insecureIgnoreHostKey: true }), url, "v2");
      expect(result.code).toBe("unavailable");
      expect(result.message).toContain("ECONNREFUSED");
    });

    it("that is dropped at once is unavailable, and tried again", async () => {
      const url = await repository("dropped");
      const before = server.connections;
      server.setConnectionFault({ kind: "refuse", times: 1 });
      expect((await writeTag(sshGit(server), url, "v2")).code).toBe("written");
      expect(server.connections - before).toBe(2);
      server.setConnectionFault({ kind: "refuse" });
      expect((await writeTag(sshGit(server), url, "v3")).code).toBe("unavailable");
    });

    it("whose server never says a word is a timeout", async () => {
      const url = await repository("silent");
      server.setConnectionFault({ kind: "hang" });
      const git = sshGit(server, {}, { requestTimeoutMs: 50, deadlineMs: 0 });
      const result = await writeTag(git, url, "v2");
      expect(result.code).toBe("timeout");
      expect(result.message).toContain("50 ms");
      await expect.poll(() => server.openConnections).toBe(0);
    });

    it("to something that is not an SSH server is unavailable, with what it said left out", async () => {
      const other = createServer((socket) => {
        socket.on("error", () => undefined).resume();
        socket.end("220 mail.example.com ESMTP\r\n");
      });
      await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
      const address = other.address();
      const port = typeof address === "object" ? address?.port : undefined;
      const git = sshGit(server, { insecureIgnoreHostKey: true }, { deadlineMs: 0 });
      const result = await writeTag(git, `ssh://git@127.0.0.1:${port}/a.git`, "v2");
      expect(result.code).toBe("unavailable");
      expect(result.message).not.toContain("ESMTP");
      await new Promise((resolve) => other.close(resolve));
    });
  });

  describe("a program", () => {
    it.each(["git-upload-pack", "git-receive-pack"] as const)(
      "%s that loses its connection is started again on another one",
      async (program) => {
        const name = `lost-${program}`;
        const url = await repository(name);
        const before = server.connections;
        await server.setProgramFaults([{ program, times: 1, script: CUT }]);
        expect(await writeTag(sshGit(server), url, "v2")).toEqual({ code: "written", message: "" });
        expect(server.connections - before).toBe(2);
        await server.setProgramFaults([{ program, script: CUT }]);
        const result = await writeTag(sshGit(server), url, "v3");
        expect(result.code).toBe("unavailable");
        expect(result.message).toContain("lost");
        expect(await server.log(name, "main")).toHaveLength(2);
      },
    );

    it("that loses its connection in the middle of an answer is unavailable", async () => {
      const url = await repository("half");
      const script = `printf '000eversion 2\\n0015agent=git'; ${CUT}`;
      await server.setProgramFaults([{ program: "git-upload-pack", script }]);
      const result = await writeTag(sshGit(server), url, "v2");
      expect(result.code).toBe("unavailable");
    });

    it("whose answer to a push is lost counts as done when the commit is there", async () => {
      const url = await repository("answer");
      await server.installHook("answer", "post-receive", 'kill -9 "$(cat "$HOME/daemon")"');
      await server.setProgramFaults([
        {
          program: "git-receive-pack",
          times: 1,
          script: 'echo $PPID > "$HOME/daemon"; exec "$@"',
        },
      ]);
      expect((await writeTag(sshGit(server), url, "v2")).code).toBe("written");
      expect(await server.log("answer", "main")).toHaveLength(2);
      const programs = (await server.commands()).filter(({ command }) =>
        command.includes("answer.git"),
      );
      expect(programs.filter(({ command }) => command.includes("receive-pack"))).toHaveLength(1);
    });

    it.each(["git-upload-pack", "git-receive-pack"] as const)(
      "%s that hangs is a timeout, and its connection is cut",
      async (program) => {
        const url = await repository(`hang-${program}`);
        await server.setProgramFaults([{ program, script: HANG }]);
        const git = sshGit(server, {}, { requestTimeoutMs: 2000, deadlineMs: 0 });
        expect((await writeTag(git, url, "v2")).code).toBe("timeout");
        await expect.poll(() => server.openConnections).toBe(0);
      },
    );

    it.each([
      ["echo 'ERROR: Repository not found.' >&2; exit 1", "not-found", "Repository not found."],
      ["echo 'ERROR: Permission to a/b denied to c.' >&2; exit 1", "forbidden", "denied to c"],
      ["echo 'git-upload-pack: command not found' >&2; exit 127", "unsupported", "has no git-up"],
      ["echo 'out of luck' >&2; exit 3", "invalid-response", "code 3: out of luck"],
      ["exit 0", "invalid-response", "127.0.0.1"],
      ["kill -9 $$", "unavailable", "KILL"],
      ["printf 'Welcome!\\n0000'", "invalid-response", "not framed"],
      ["head -c 300000 /dev/zero >&2; echo done >&2; exit 4", "invalid-response", "code 4"],
    ])("that does `%s` is %s", async (script, code, words) => {
      const url = await repository("says");
      await server.setProgramFaults([{ program: "git-upload-pack", script }]);
      const result = await writeTag(sshGit(server, {}, { deadlineMs: 0 }), url, "v2");
      expect(result.code).toBe(code);
      expect(result.message).toContain(words);
      expect(result.message.length).toBeLessThan(1500);
    });

    it("that may not push says so, and is not tried again", async () => {
      const url = await repository("read-only");
      const script = "echo 'ERROR: The key you are using is read only.' >&2; exit 1";
      await server.setProgramFaults([{ program: "git-receive-pack", script }]);
      const before = (await server.commands()).length;
      const result = await writeTag(sshGit(server), url, "v2");
      expect(result.code).toBe("forbidden");
      expect(result.message).toContain("read only");
      expect((await server.commands()).length - before).toBe(2);
    });
  });

  it("a caller that gives up ends the work and the connection", async () => {
    const url = await repository("abort");
    await server.setProgramFaults([{ program: "git-receive-pack", script: HANG }]);
    const controller = new AbortController();
    const before = (await server.commands()).length;
    const writing = writeTag(sshGit(server), url, "v2", controller.signal);
    await expect.poll(async () => (await server.commands()).length - before).toBe(2);
    controller.abort();
    expect((await writing).code).toBe("cancelled");
    await expect.poll(() => server.openConnections).toBe(0);
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });

  describe("a transport", () => {
    it("leaves no listeners behind, whatever it was asked", async () => {
      const { transport, close } = await open("listeners", { "values.yaml": "tag: v1\n" });
      const { signal } = new AbortController();
      const warnings: Error[] = [];
      const note = (warning: Error): void => void warnings.push(warning);
      process.on("warning", note);
      const features = await featuresOf(transport, signal);
      for (let count = 0; count < 30; count += 1) {
        const request = encodeLsRefs(features, ["refs/heads/"]);
        const answer = transport.uploadPack(request, { maxBytes: 10_000, signal });
        expect((await readLsRefs(answer)).refs.size).toBe(1);
      }
      process.off("warning", note);
      expect(warnings).toEqual([]);
      expect(getEventListeners(signal, "abort")).toHaveLength(0);
      const programs = (await server.commands()).filter(({ command }) =>
        command.includes("listeners.git"),
      );
      expect(programs).toHaveLength(1);
      close();
      await expect.poll(() => server.openConnections).toBe(0);
    });

    it("takes no more than is read, and no more than is allowed", async () => {
      const size = 24 * 1024 * 1024;
      const { transport, close } = await open("large", { large: randomBytes(size) });
      const features = await featuresOf(transport);
      const { refs } = await readLsRefs(
        transport.uploadPack(encodeLsRefs(features, ["refs/heads/"]), { maxBytes: 10_000 }),
      );
      const wants = [...refs.values()];
      const request = encodeFetch(features, { wants, shallow: true, filter: undefined });
      const before = server.sentBytes;

      const answer = transport.uploadPack(request, { maxBytes: 2 * size });
      const chunks = answer[Symbol.asyncIterator]();
      let received = (await chunks.next()).value?.length ?? 0;
      // Another connection has its whole work done meanwhile.
      await writeTag(sshGit(server), await repository("meanwhile"), "v2");
      expect(server.sentBytes - before).toBeLessThan(size / 2);
      for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
        received += next.value.length;
        if (received > size) break;
      }
      await chunks.return?.();
      expect(received).toBeGreaterThan(size);

      const tooMuch = async (): Promise<void> => {
        for await (const _ of transport.uploadPack(request, { maxBytes: size / 2 }));
      };
      await expect(tooMuch()).rejects.toMatchObject({ kind: "too-large" });
      // What is left of that answer is not taken for the next one.
      expect(
        (
          await readLsRefs(
            transport.uploadPack(encodeLsRefs(features, ["refs/heads/"]), { maxBytes: 10_000 }),
          )
        ).refs.size,
      ).toBe(1);
      close();
    });

    it("connects again after its connection was cut, and not after nobody asked", async () => {
      const { transport, close } = await open("again", FILES);
      const features = await featuresOf(transport);
      const before = server.connections;
      server.cut();
      const list = (): ReturnType<typeof readLsRefs> =>
        readLsRefs(
          transport.uploadPack(encodeLsRefs(features, ["refs/heads/"]), { maxBytes: 10_000 }),
        );
      // It may not be known yet that the connection is gone.
      const first = await list().then(
        () => "read",
        (error: unknown) => error,
      );
      expect([
        "read",
        expect.objectContaining({ kind: "unavailable", retryable: true }),
      ]).toContainEqual(first);
      expect((await list()).refs.size).toBe(1);
      expect(server.connections - before).toBe(1);
      close();
      await expect.poll(() => server.openConnections).toBe(0);
    });
  });
});

async function repository(name: string): Promise<string> {
  const { url } = await server.createRepository(name, { branches: { main: FILES } });
  return url;
}

async function open(
  name: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<{ readonly transport: GitTransport; close(): void }> {
  const { url } = await server.createRepository(name, { branches: { main: files } });
  const address = parseRepositoryUrl(url, { allowHttp: false });
  if (address.protocol !== "ssh") throw new Error("not for SSH");
  const settings = { knownHosts: undefined, requestTimeoutMs: 600_000 };
  const { transport, close } = openSshAccess(settings, address, server.credential);
  return { transport, close: () => close?.() };
}

async function featuresOf(transport: GitTransport, signal?: AbortSignal): Promise<ServerFeatures> {
  const greeting = await readGreeting(transport.greeting(signal));
  if (greeting.version !== 2) throw new Error("not version 2");
  return greeting.features;
}

/** An address where nobody listens any more. */
async function deadUrl(): Promise<string> {
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
  const address = closed.address();
  const port = typeof address === "object" ? address?.port : undefined;
  await new Promise((resolve) => closed.close(resolve));
  return `ssh://git@127.0.0.1:${port}/a.git`;
}
