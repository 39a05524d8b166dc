import { execFile } from "node:child_process";
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  startSshGitServer,
  type SshGitTestServer,
  type SshKeyOptions,
} from "../src/testing/index.js";
import { describeSsh, FILES, sshGit, writeTag } from "./ssh-stage.js";

const PASSPHRASE = "open sesame, pl\u00E4se";

const KEYS: readonly SshKeyOptions[] = [
  { type: "ed25519" },
  ...(["rsa", "ecdsa-256", "ecdsa-384", "ecdsa-521"] as const).flatMap((type) =>
    (["openssh", "pem", "pkcs8"] as const).map((format) => ({ type, format })),
  ),
];

describeSsh("a private key", () => {
  let server: SshGitTestServer;
  let url: string;
  beforeAll(async () => {
    server = await startSshGitServer();
    ({ url } = await server.createRepository("apps", { branches: { main: FILES } }));
  });
  afterAll(() => server.close());

  const write = (
    privateKey: string,
    more: { readonly passphrase?: string; readonly username?: string } = {},
  ): ReturnType<typeof writeTag> => writeTag(sshGit(server, { privateKey, ...more }), url, "v1");
  const good = { code: "unchanged", message: "" };

  it.each(KEYS)("of type $type as $format opens the server", async (options) => {
    const { privateKey } = await server.createKey(options);
    expect(await write(privateKey)).toEqual(good);
    // A passphrase that is not needed does no harm.
    expect(await write(privateKey, { passphrase: PASSPHRASE })).toEqual(good);
  });

  it.each(KEYS)("of type $type as $format may be encrypted", async (options) => {
    const { privateKey } = await server.createKey({ ...options, passphrase: PASSPHRASE });
    expect(await write(privateKey, { passphrase: PASSPHRASE })).toEqual(good);
    const wrong = await write(privateKey, { passphrase: "wrong" });
    const none = await write(privateKey);
    expect([wrong.code, none.code]).toEqual(["invalid-secret", "invalid-secret"]);
    expect(wrong.message).toContain("passphrase is wrong");
    expect(none.message).toContain("give its passphrase");
    const body = privateKey.split("\n")[4] ?? "";
    expect(body.length).toBeGreaterThan(20);
    for (const { message } of [wrong, none]) expect(message).not.toContain(body);
  });

  it.each([
    ["plain", undefined],
    ["encrypted", PASSPHRASE],
  ])("of type ed25519 as pkcs8, %s, opens the server", async (_title, passphrase) => {
    const { privateKey: object } = generateKeyPairSync("ed25519");
    const encryption = passphrase === undefined ? {} : { cipher: "aes-256-cbc", passphrase };
    const pem = object.export({ type: "pkcs8", format: "pem", ...encryption }).toString();
    const { x = "" } = createPublicKey(object).export({ format: "jwk" });
    const head = Buffer.from("\0\0\0\u000Bssh-ed25519\0\0\0\u0020");
    const blob = Buffer.concat([head, Buffer.from(x, "base64url")]);
    await server.authorize(`ssh-ed25519 ${blob.toString("base64")}`);
    expect(await write(pem, passphrase === undefined ? {} : { passphrase })).toEqual(good);
    if (passphrase === undefined) return;
    expect((await write(pem, { passphrase: "wrong" })).message).toContain("passphrase is wrong");
  });

  it("may come after its parameters, as openssl writes it", async () => {
    const { privateKey } = await server.createKey({ type: "ecdsa-256", format: "pem" });
    const parameters =
      "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    expect(await write(parameters + privateKey)).toEqual(good);
  });

  it.each([
    ["CRLF", (text: string) => text.replaceAll("\n", "\r\n")],
    ["no line feed at the end", (text: string) => text.trimEnd()],
    ["indentation and blank lines", (text: string) => `\n\n${text.replaceAll(/^/gmu, "    ")}\n\n`],
    ["CRLF and no end", (text: string) => text.replaceAll("\n", "\r\n").trimEnd()],
  ])("may have %s", async (_title, change) => {
    for (const options of [{}, { type: "rsa", format: "pem", passphrase: PASSPHRASE }] as const) {
      const { privateKey } = await server.createKey(options);
      expect(await write(change(privateKey), { passphrase: PASSPHRASE })).toEqual(good);
    }
  });

  it("that the server does not know is unauthorized, and tried once", async () => {
    const { privateKey, path } = await server.createKey({ refused: true });
    const before = server.connections;
    const { code, message } = await write(privateKey);
    expect(code).toBe("unauthorized");
    const { stdout } = await promisify(execFile)("ssh-keygen", ["-l", "-f", path]);
    expect(message).toContain(stdout.split(" ")[1]);
    expect(message).toContain(`user ${server.user} `);
    expect(server.connections - before).toBe(1);
  });

  it("is shown as the user of the URL, else of the credential, else as git", async () => {
    const bare = url.replace(`${server.user}@`, "");
    const key = { privateKey: server.credential.privateKey };
    const as = async (repository: string, username?: string): Promise<string> => {
      const given = { ...key, ...(username === undefined ? {} : { username }) };
      const before = (await server.daemonLog()).length;
      await writeTag(sshGit(server, given), repository, "v1");
      const said = (await server.daemonLog()).slice(before);
      return /userauth-request for user (\S+)/u.exec(said)?.[1] ?? "";
    };
    expect(await as(url, "somebody")).toBe(server.user);
    expect(await as(bare, "somebody")).toBe("somebody");
    expect(await as(bare)).toBe("git");
  });

  it.each([
    ["no key at all", "a secret of mine"],
    ["a public key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA== a secret of mine"],
    ["an empty text", ""],
    ["a key that is cut off", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA"],
    [
      "bytes that are not key",
      "-----BEGIN OPENSSH PRIVATE KEY-----\nYSBzZWNyZXQgb2YgbWluZSBhIHNlY3JldCBvZiBtaW5l\n-----END OPENSSH PRIVATE KEY-----",
    ],
    [
      "PEM that is not a key",
      "-----BEGIN PRIVATE KEY-----\nYSBzZWNyZXQgb2YgbWluZQ==\n-----END PRIVATE KEY-----",
    ],
    [
      "a key of a curve that SSH has not",
      generateKeyPairSync("ec", { namedCurve: "secp256k1" })
        .privateKey.export({ type: "pkcs8", format: "pem" })
        .toString(),
    ],
    [
      "a key that cannot sign",
      generateKeyPairSync("x25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    ],
  ])("that is %s is refused before any connection", async (_title, privateKey) => {
    const before = server.connections;
    const { code, message } = await write(privateKey);
    expect(code).toBe("invalid-secret");
    expect(message).toMatch(/private key for 127\.0\.0\.1|private key for ssh:\/\/127/u);
    expect(message).not.toMatch(/secret of mine|YSBzZWNy/u);
    expect(server.connections).toBe(before);
  });
});
