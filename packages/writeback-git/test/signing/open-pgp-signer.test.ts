import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOpenPgpSigner } from "../../src/signing/create-open-pgp-signer.js";
import { openPgpSigner } from "../../src/signing/open-pgp-signer.js";
import { startGitServer, type GitTestServer } from "../../src/testing/index.js";
import { change, codeOf, localGit, messageOf, override } from "../changes.js";
import { describeWith } from "../describe-with.js";

const BOT = { name: "Bot", email: "bot@example.com" };
const PASSPHRASE = "correct horse battery staple";

describeWith(
  ["git", "git"],
  ["gpg", "gnupg"],
  ["gpgconf", "gnupg"],
)("a commit signed by OpenPGP", () => {
  let home: string;
  let server: GitTestServer;
  let url: string;
  let count = 0;

  const homeOf = (name: string): string => join(home, name);
  const run = async (program: string, name: string, args: readonly string[]): Promise<string> => {
    const env = { PATH: process.env["PATH"] ?? "", GNUPGHOME: homeOf(name), LC_ALL: "C" };
    return (await promisify(execFile)(program, [...args], { env })).stdout;
  };
  /** A key ring of its own with one key; answers the private key. */
  const makeKey = async (name: string, type: string, passphrase: string): Promise<string> => {
    await mkdir(homeOf(name), { mode: 0o700 });
    const quiet = ["--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", passphrase];
    await run("gpg", name, [...quiet, "--quick-generate-key", `Bot <${BOT.email}>`, type, "sign"]);
    return run("gpg", name, [...quiet, "--armor", "--export-secret-keys"]);
  };

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "pgp-"));
    server = await startGitServer();
    ({ url } = await server.createRepository("app", { branches: { main: { "a.txt": "a" } } }));
  });
  const rings: string[] = [];
  afterAll(async () => {
    for (const ring of rings) await run("gpgconf", ring, ["--kill", "all"]);
    await server.close();
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  });

  const write = async (
    settings: Parameters<typeof openPgpSigner>[0],
  ): Promise<{ readonly kind: string } | undefined> => {
    count += 1;
    const edits = [override("app.yaml", `v${count}`)];
    const target = localGit({ signer: openPgpSigner(settings), author: BOT });
    return (await target.write([change("app", { repository: url }, edits)]))[0];
  };
  /** What git says of the tip, by the keys of one ring. */
  const verify = async (ring: string): Promise<Buffer> => {
    const program = join(home, `gpg-${ring}`);
    await writeFile(program, `#!/bin/sh\nexec gpg --homedir '${homeOf(ring)}' "$@"\n`);
    await chmod(program, 0o755);
    return server.git("app", ["-c", `gpg.program=${program}`, "verify-commit", "--raw", "main"]);
  };

  it.each([
    ["ed25519", ""],
    ["ed25519", PASSPHRASE],
    ["rsa2048", PASSPHRASE],
  ])("with a key of type %s is good for git verify-commit", async (type, passphrase) => {
    const ring = `ring-${rings.length}`;
    rings.push(ring);
    const privateKey = await makeKey(ring, type, passphrase);
    expect(codeOf(await write({ privateKey, passphrase }))).toBe("written");
    await expect(verify(ring)).resolves.toBeDefined();
    await mkdir(homeOf(`empty-${ring}`), { mode: 0o700 });
    await expect(verify(`empty-${ring}`)).rejects.toThrow("verify-commit");
    await server.fsck("app");
  });

  it.each([
    ["wrong", "passphrase of the OpenPGP key is wrong"],
    [undefined, "give its passphrase"],
    ["", "give its passphrase"],
  ])("is not made with the passphrase %o, and nothing is pushed", async (passphrase, words) => {
    const ring = `ring-${rings.length}`;
    rings.push(ring);
    const privateKey = await makeKey(ring, "ed25519", PASSPHRASE);
    const before = await server.log("app", "main");
    const result = await write({ privateKey, passphrase });
    expect(codeOf(result)).toBe("signing-failed");
    expect(messageOf(result)).toContain(words);
    expect(JSON.stringify(result)).not.toContain(privateKey.split("\n")[3]);
    expect(JSON.stringify(result)).not.toContain(PASSPHRASE);
    expect(await server.log("app", "main")).toEqual(before);
  });
});

describe("an OpenPGP signer", () => {
  it.each([
    "",
    "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nxxxx\n-----END PGP PRIVATE KEY BLOCK-----",
  ])("refuses %j as a key", async (privateKey) => {
    await expect(openPgpSigner({ privateKey }).sign(Buffer.of())).rejects.toMatchObject({
      name: "CredentialError",
      code: "invalid-secret",
    });
  });

  it("says which package is missing", async () => {
    const name = "openpgp-that-is-not-installed";
    const signer = createOpenPgpSigner({ privateKey: "" }, () => import(name));
    await expect(signer.sign(Buffer.of())).rejects.toMatchObject({
      name: "CredentialError",
      code: "unsupported-reference",
      message: expect.stringContaining("package openpgp"),
    });
  });
});
