import { createPrivateKey, generateKeyPairSync, randomBytes, sign, verify } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { GitRemoteError } from "../../../src/git-remote-error.js";
import { encodeEd25519Key } from "../../../src/transport/ssh/openssh-key.js";
import { readPrivateKey } from "../../../src/transport/ssh/private-key.js";

const read = (privateKey: string, passphrase?: string): ReturnType<typeof readPrivateKey> =>
  readPrivateKey({ privateKey, passphrase, reference: "ssh://example.com/a" });

it("signs with an Ed25519 key as the key itself does", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const parsed = read(encodeEd25519Key(privateKey));
  const data = randomBytes(100);
  expect(parsed.type).toBe("ssh-ed25519");
  expect(verify(undefined, data, publicKey, parsed.sign(data))).toBe(true);
  expect(parsed.sign(data)).toEqual(
    sign(undefined, data, createPrivateKey(privateKey.export({ type: "pkcs8", format: "pem" }))),
  );
});

it.each(["-----BEGIN OPENSSH PRIVATE KEY-----", "-----BEGIN RSA PRIVATE KEY-----"])(
  "says nothing of what is damaged after %s",
  (head) => {
    const secret = "QqSecretQq";
    const body = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.uint8Array().map((bytes) => Buffer.from(bytes).toString("base64")),
      fc
        .uint8Array()
        .map((bytes) =>
          Buffer.concat([Buffer.from("openssh-key-v1\0\0\0\0\u0004none"), bytes]).toString(
            "base64",
          ),
        ),
    );
    fc.assert(
      fc.property(body, fc.option(fc.string(), { nil: undefined }), (text, passphrase) => {
        const given = `${head}\n${text}${secret}\n${head.replace("BEGIN", "END")}`;
        const error = refusalOf(given, passphrase);
        expect(error?.kind).toBe("invalid-key");
        const shown = JSON.stringify([error, error?.message, error?.stack, String(error?.cause)]);
        expect(shown).not.toContain(secret);
      }),
    );
  },
);

it("takes any text for a key or refuses it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(() => read(text)).toThrow(GitRemoteError);
    }),
  );
});

function refusalOf(text: string, passphrase?: string): GitRemoteError | undefined {
  try {
    read(text, passphrase);
    return undefined;
  } catch (error) {
    if (!(error instanceof GitRemoteError)) throw error;
    return error;
  }
}
