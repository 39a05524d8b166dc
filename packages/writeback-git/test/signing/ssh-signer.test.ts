import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { generateSshKey, type SshKeyOptions } from "@image-updater/git-remote/testing";
import { sshSigner } from "../../src/signing/ssh-signer.js";
import { startGitServer, type GitTestServer } from "../../src/testing/index.js";
import { change, codeOf, localGit, messageOf, override } from "../changes.js";
import { describeWith } from "../describe-with.js";

const BOT = { name: "Bot", email: "bot@example.com" };
const PASSPHRASE = "correct horse battery staple";

describeWith(["git", "git"], ["ssh-keygen", "openssh-client"])("a commit signed by SSH", () => {
  let home: string;
  let server: GitTestServer;
  let url: string;
  let count = 0;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "ssh-signer-"));
    server = await startGitServer();
    ({ url } = await server.createRepository("app", { branches: { main: { "a.txt": "a" } } }));
  });
  afterAll(async () => {
    await server.close();
    await rm(home, { recursive: true, force: true });
  });

  const write = async (
    signer: ReturnType<typeof sshSigner>,
  ): Promise<{ readonly kind: string } | undefined> => {
    count += 1;
    const edits = [override("app.yaml", `v${count}`)];
    const target = localGit({ signer, author: BOT });
    return (await target.write([change("app", { repository: url }, edits)]))[0];
  };
  /** What git says of the tip, when only the owner of a public key may sign for the author. */
  const verify = async (publicKey: string): Promise<Buffer> => {
    const allowed = join(home, `allowed-${count}`);
    await writeFile(allowed, `${BOT.email} namespaces="git" ${publicKey}\n`);
    return server.git("app", [
      "-c",
      `gpg.ssh.allowedSignersFile=${allowed}`,
      "verify-commit",
      "--raw",
      "main",
    ]);
  };

  it.each<SshKeyOptions>([
    { type: "ed25519" },
    { type: "ed25519", passphrase: PASSPHRASE },
    { type: "rsa", format: "openssh" },
    { type: "rsa", format: "pem" },
    { type: "rsa", format: "pkcs8", passphrase: PASSPHRASE },
    { type: "ecdsa-256", format: "openssh" },
    { type: "ecdsa-384", format: "pem", passphrase: PASSPHRASE },
    { type: "ecdsa-521", format: "pkcs8" },
  ])("with a key like %o is good for git verify-commit", async (options) => {
    const key = await generateSshKey(home, `key-${count}`, options);
    const { passphrase } = options;
    expect(codeOf(await write(sshSigner({ privateKey: key.privateKey, passphrase })))).toBe(
      "written",
    );
    await expect(verify(key.publicKey)).resolves.toBeDefined();
    const stranger = await generateSshKey(home, `stranger-${count}`);
    await expect(verify(stranger.publicKey)).rejects.toThrow("verify-commit");
    await server.fsck("app");
  });

  it("with an Ed25519 key as PKCS#8 is as the same key in the form of OpenSSH", async () => {
    const { privateKey } = generateKeyPairSync("ed25519");
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const payload = Buffer.from("tree 0\n");
    const signature = await sshSigner({ privateKey: pem }).sign(payload);
    // The key stands in the signature.
    expect(codeOf(await write(sshSigner({ privateKey: pem })))).toBe("written");
    const blob = Buffer.from(signature.replaceAll(/-----[^\n]*-----|\n/gu, ""), "base64");
    const publicKey = blob.subarray(14, 14 + blob.readUInt32BE(10)).toString("base64");
    await expect(verify(`ssh-ed25519 ${publicKey}`)).resolves.toBeDefined();
  });

  it.each([
    ["a wrong passphrase", { type: "ed25519", passphrase: PASSPHRASE }, "wrong", "passphrase"],
    ["no passphrase", { type: "rsa", passphrase: PASSPHRASE }, undefined, "passphrase"],
    [
      "a wrong passphrase",
      { type: "rsa", format: "pem", passphrase: "x12345" },
      "no",
      "passphrase",
    ],
  ] as const)(
    "is not made with %s for %o, and nothing is pushed",
    async (_, options, given, words) => {
      const { privateKey } = await generateSshKey(
        home,
        `bad-${given}-${options.type}-${count}`,
        options,
      );
      const before = await server.log("app", "main");
      const result = await write(sshSigner({ privateKey, passphrase: given }));
      expect(codeOf(result)).toBe("signing-failed");
      expect(messageOf(result)).toContain(words);
      expect(JSON.stringify(result)).not.toContain(privateKey.split("\n")[1]);
      expect(JSON.stringify(result)).not.toContain(options.passphrase);
      expect(await server.log("app", "main")).toEqual(before);
    },
  );

  it("is not made with what is not a private key", async () => {
    const { publicKey } = await generateSshKey(home, "public-only");
    await expect(sshSigner({ privateKey: publicKey }).sign(Buffer.of())).rejects.toMatchObject({
      name: "CredentialError",
      code: "invalid-secret",
    });
  });
});
