import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startSshGitServer, type SshGitTestServer, type SshKeyType } from "../src/testing/index.js";
import { describeSsh, FILES, sshGit, writeTag, type SshKeyCredential } from "./ssh-stage.js";

const TYPES: readonly SshKeyType[] = ["ed25519", "ecdsa-256", "ecdsa-384", "ecdsa-521", "rsa"];

describeSsh("the key of a host", () => {
  let server: SshGitTestServer;
  let other: SshGitTestServer;
  let url: string;
  beforeAll(async () => {
    [server, other] = await Promise.all([
      startSshGitServer({ hostKeys: TYPES }),
      startSshGitServer({ hostKeys: TYPES }),
    ]);
    ({ url } = await server.createRepository("apps", { branches: { main: FILES } }));
  });
  afterAll(() => Promise.all([server.close(), other.close()]));

  const keyOf = (of: SshGitTestServer, type: SshKeyType): string =>
    of.hostKeys[TYPES.indexOf(type)]?.publicKey ?? "";
  const line = (type: SshKeyType, names = `[127.0.0.1]:${server.port}`): string =>
    `${names} ${keyOf(server, type)}\n`;
  const write = (
    credential: Partial<SshKeyCredential>,
    settings?: Parameters<typeof sshGit>[2],
  ): ReturnType<typeof writeTag> => writeTag(sshGit(server, credential, settings), url, "v1");
  const good = { code: "unchanged", message: "" };

  it.each(TYPES)("of type %s is asked for when it is the only one that is known", async (type) => {
    expect(await write({ knownHosts: line(type) })).toEqual(good);
    // Others of this type do not matter, nor do keys of other types that this server does not have.
    const more = `[127.0.0.1]:${server.port} ${keyOf(other, type)}\n`;
    expect(await write({ knownHosts: more + line(type) })).toEqual(good);
  });

  it("is found as a hash, as ssh-keygen makes it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "known-hosts-"));
    const path = join(folder, "known_hosts");
    await writeFile(path, server.knownHosts);
    await promisify(execFile)("ssh-keygen", ["-H", "-f", path]);
    const knownHosts = await readFile(path, "utf8");
    await rm(folder, { recursive: true });
    expect(knownHosts).toMatch(/^\|1\|/u);
    expect(knownHosts).not.toContain("127.0.0.1");
    expect(await write({ knownHosts })).toEqual(good);
  });

  it.each([
    ["a pattern", (port: number) => `[127.0.?.*]:${port}`],
    ["one of several names", (port: number) => `example.com,[127.0.0.1]:${port},other`],
    ["everybody", () => "*"],
  ])("is found by %s", async (_title, names) => {
    const knownHosts = `# comment\r\n\r\nnonsense\r\n${line("ed25519", names(server.port))}`;
    expect(await write({ knownHosts })).toEqual(good);
  });

  it("may be known to the write-back; what the credential says comes first", async () => {
    const { knownHosts } = server;
    expect(await write({ knownHosts: undefined }, { knownHosts })).toEqual(good);
    expect((await write({ knownHosts: "" }, { knownHosts })).code).toBe("host-key");
  });

  it("does not matter where that is asked for", async () => {
    const given = { knownHosts: undefined, insecureIgnoreHostKey: true };
    expect(await write(given)).toEqual(good);
    expect(await server.daemonLog()).toContain("userauth-request");
  });

  it("must be known: without known_hosts nothing is connected", async () => {
    const before = server.connections;
    const { code, message } = await write({ knownHosts: undefined });
    expect(code).toBe("host-key");
    expect(message).toContain(`ssh-keyscan -p ${server.port} 127.0.0.1`);
    expect(message).toContain("insecureIgnoreHostKey");
    expect(server.connections).toBe(before);
  });

  it.each([
    [
      "no entry",
      () => "",
      /not known: .*\[127\.0\.0\.1\]:\d+; the server showed ssh-ed25519 SHA256:/,
    ],
    ["an entry for port 22", () => line("ed25519", "[127.0.0.1]:22"), /not known/],
    ["an entry for another port", () => line("ed25519", "[127.0.0.1]:1"), /not known/],
    [
      "a pattern that excludes it",
      () => line("ed25519", `*,![127.0.0.1]:${server.port}`),
      /not known/,
    ],
    [
      "another key of the type",
      () => `[127.0.0.1]:${server.port} ${keyOf(other, "ed25519")}`,
      /not the one that known_hosts has .*, ssh-ed25519 SHA256:.*; the server showed .*between/,
    ],
    [
      "other keys of all types",
      () => other.knownHosts.replaceAll(String(other.port), String(server.port)),
      /not the one that known_hosts has/,
    ],
    [
      "a key that is revoked",
      () => `${line("ed25519")}@revoked ${line("ed25519", "*")}`,
      /revoked/,
    ],
    ["an authority only", () => `@cert-authority ${line("ed25519")}`, /@cert-authority/],
    [
      "a type that is none",
      () => `[127.0.0.1]:${server.port} ${DSS}`,
      /unsupported types .*ssh-dss/,
    ],
  ])("is refused before authentication with %s", async (_title, knownHosts, words) => {
    const before = (await server.daemonLog()).length;
    const { code, message } = await write({ knownHosts: knownHosts() });
    await expect.poll(() => server.openConnections).toBe(0);
    expect(code).toBe("host-key");
    expect(message).toMatch(words);
    expect((await server.daemonLog()).slice(before)).not.toContain("userauth-request");
  });

  /** Whether OpenSSH's own client trusts the server. */
  const sshTrusts = async (knownHosts: string): Promise<boolean> => {
    const folder = await mkdtemp(join(tmpdir(), "known-hosts-"));
    const path = join(folder, "known_hosts");
    const identity = join(folder, "key");
    await writeFile(path, knownHosts);
    await writeFile(identity, server.credential.privateKey, { mode: 0o600 });
    const options = [
      `UserKnownHostsFile=${path}`,
      "GlobalKnownHostsFile=/dev/null",
      "StrictHostKeyChecking=yes",
      "BatchMode=yes",
      "UpdateHostKeys=no",
      "IdentitiesOnly=yes",
    ].flatMap((option) => ["-o", option]);
    const place = ["-p", String(server.port), `${server.user}@127.0.0.1`];
    const args = ["-F", "none", "-i", identity, ...options, ...place, "git-upload-pack '/none'"];
    const said = await promisify(execFile)("ssh", args).then(
      ({ stderr }) => stderr,
      (error: unknown) => (error instanceof Error && "stderr" in error ? String(error.stderr) : ""),
    );
    await rm(folder, { recursive: true });
    return !/Host key verification failed/u.test(said);
  };
  const at = (): string => `[127.0.0.1]:${server.port}`;
  const wrong = (type: SshKeyType, names: string): string => `${names} ${keyOf(other, type)}\n`;
  const renamed = (type: string, names: string): string =>
    line("rsa", names).replace("ssh-rsa", type);
  const hashed = async (text: string): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), "known-hosts-"));
    const path = join(folder, "known_hosts");
    await writeFile(path, text);
    await promisify(execFile)("ssh-keygen", ["-H", "-f", path]);
    const result = await readFile(path, "utf8");
    await rm(folder, { recursive: true });
    return result;
  };

  it.each<readonly [string, () => string | Promise<string>, boolean]>([
    ["its name with the port", () => line("ed25519"), true],
    ["its name without a port", () => line("ed25519", "127.0.0.1"), true],
    ["its name without a port, hashed", () => hashed(line("ed25519", "127.0.0.1")), true],
    ["its name at another port", () => line("ed25519", "[127.0.0.1]:1"), false],
    ["its name at port 22, written out", () => line("ed25519", "[127.0.0.1]:22"), false],
    ["a pattern without a port", () => line("ed25519", "127.*"), true],
    ["a pattern that excludes its name", () => line("ed25519", "127.*,!127.0.0.1"), false],
    ["rsa-sha2-512", () => renamed("rsa-sha2-512", at()), true],
    ["rsa-sha2-256", () => renamed("rsa-sha2-256", at()), true],
    ["a type that its key is not", () => line("ed25519").replace("ssh-ed25519", "ssh-rsa"), false],
    [
      "another key with the port, and its own without",
      () => wrong("ed25519", at()) + line("ed25519", "127.0.0.1"),
      false,
    ],
    [
      "a key of another type with the port, and its own without",
      () => wrong("rsa", at()) + line("ed25519", "127.0.0.1"),
      false,
    ],
    [
      "its own with the port, and another key without",
      () => line("ed25519") + wrong("ed25519", "127.0.0.1"),
      true,
    ],
    [
      "its own with the port, and one of a better type without",
      () => line("rsa") + wrong("ed25519", "127.0.0.1"),
      true,
    ],
    ["a key that is revoked", () => `${line("ed25519")}@revoked ${line("ed25519")}`, false],
    [
      "a key that is revoked for everybody",
      () => `${line("ed25519", "127.0.0.1")}@revoked ${line("ed25519", "*")}`,
      false,
    ],
    [
      "a key that is revoked as rsa-sha2-512",
      () => `${line("rsa")}@revoked ${renamed("rsa-sha2-512", at())}`,
      false,
    ],
    [
      "a key that is revoked without a port, as it is known",
      () => `${line("ed25519", "127.0.0.1")}@revoked ${line("ed25519", "127.0.0.1")}`,
      false,
    ],
  ])("is judged as OpenSSH does: %s", async (_title, text, expected) => {
    const knownHosts = await text();
    expect(await sshTrusts(knownHosts)).toBe(expected);
    expect((await write({ knownHosts })).code).toBe(expected ? "unchanged" : "host-key");
  });

  it("is asked for in the type that is known without a port, too", async () => {
    for (const type of ["rsa-sha2-256", "rsa-sha2-512", "ssh-rsa"]) {
      expect(await write({ knownHosts: renamed(type, "127.0.0.1") })).toEqual(good);
    }
  });

  it.each([
    [
      "a line without a port revokes for all ports",
      () => `${line("ed25519")}@revoked ${line("ed25519", "127.0.0.1")}`,
    ],
    [
      "a line that excludes the port never serves it",
      () => line("ed25519", `*,![127.0.0.1]:${server.port}`),
    ],
  ])("is trusted less than by OpenSSH: %s", async (_title, text) => {
    expect(await sshTrusts(text())).toBe(true);
    expect((await write({ knownHosts: text() })).code).toBe("host-key");
  });

  it("of another type than the known ones is none of them", async () => {
    const rsaOnly = await startSshGitServer({ hostKeys: ["rsa"] });
    const given = await rsaOnly.createRepository("apps", { branches: { main: FILES } });
    const knownHosts = `[127.0.0.1]:${rsaOnly.port} ${keyOf(server, "ed25519")}`;
    const result = await writeTag(sshGit(rsaOnly, { knownHosts }), given.url, "v1");
    expect(result.code).toBe("host-key");
    expect(result.message).toContain("none of the host keys");
    await rsaOnly.close();
  });
});

/** A type that OpenSSH gave up; only its name is looked at. */
const DSS = `ssh-dss ${Buffer.from("\0\0\0\u0007ssh-dss\0\0\0\u0001x").toString("base64")}`;
