import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  isSameKey,
  keysOfHost,
  parseKnownHosts,
  typeOfKey,
} from "../../../src/transport/ssh/known-hosts.js";
import { runsOf } from "../../../../../test/setup/whole.js";

const blob = (type: string, rest: string): Buffer =>
  Buffer.concat([Buffer.from([0, 0, 0, type.length]), Buffer.from(type + rest)]);
const key = (rest = "one", type = "ssh-ed25519"): string =>
  `${type} ${blob(type, rest).toString("base64")}`;
const hash = (name: string, salt = "salt"): string => {
  const digest = createHmac("sha1", salt).update(name).digest("base64");
  return `|1|${Buffer.from(salt).toString("base64")}|${digest}`;
};
const trusts = (text: string, host = "git.example.com", port = 22): boolean =>
  keysOfHost(parseKnownHosts(text), host, port).trusted.length > 0;

describe("a line", () => {
  it.each([
    [`git.example.com ${key()}`],
    [`  git.example.com\t${key()} a comment of words  `],
    [`GIT.example.COM ${key()}`],
    [`other,git.example.com,more ${key()}`],
    [`*.example.com ${key()}`],
    [`git.*.co? ${key()}`],
    [`* ${key()}`],
    [`[git.example.com]:22 ${key()}`],
    [`*,!other.example.com ${key()}`],
    [`${hash("git.example.com")} ${key()}`],
    [`# comment\r\n\r\ngit.example.com ${key()}\r\n`],
    [`git.example.com rsa-sha2-512 ${key("one", "ssh-rsa").split(" ")[1]}`],
    [`git.example.com rsa-sha2-256 ${key("one", "ssh-rsa").split(" ")[1]}`],
  ])("%s knows git.example.com", (text) => {
    expect(trusts(text)).toBe(true);
    expect(trusts(text, "GIT.Example.Com")).toBe(true);
  });

  it.each([
    [""],
    [`# git.example.com ${key()}`],
    [`example.com ${key()}`],
    [`git.example.com.org ${key()}`],
    [`?.example.com ${key()}`],
    [`*,!git.example.com ${key()}`],
    [`git.example.com,!*.example.com ${key()}`],
    [`!git.example.com ${key()}`],
    [`[git.example.com]:2222 ${key()}`],
    [`${hash("git.example.org")} ${key()}`],
    [`${hash("*.example.com")} ${key()}`],
    [`${hash("git.example.com").replace("|1|", "|2|")} ${key()}`],
    [`${hash("git.example.com")}|x ${key()}`],
    [`|1| ${key()}`],
    [`git.example.com`],
    [`git.example.com ssh-ed25519`],
    [`git.example.com ssh-rsa ${key().split(" ")[1]}`],
    [`git.example.com rsa-sha2-512 ${key().split(" ")[1]}`],
    [`git.example.com rsa-sha2-384 ${key("one", "ssh-rsa").split(" ")[1]}`],
    [`git.example.com ssh-ed25519 ${key("one", "ssh-rsa").split(" ")[1]}`],
    [`git.example.com ssh-ed25519 !!!!`],
    [`git.example.com ssh-ed25519 ${Buffer.from("\0\0\0\u000Bssh-ed25519").toString("base64")}`],
    [`@cert-authority git.example.com ${key()}`],
    [`@revoked git.example.com ${key()}`],
    [`@unheard-of git.example.com ${key()}`],
    [`@revoked`],
  ])("%s does not", (text) => {
    expect(trusts(text)).toBe(false);
  });

  it.each([
    [`[git.example.com]:2222 ${key()}`, true],
    [`${hash("[git.example.com]:2222")} ${key()}`, true],
    [`[*.example.com]:2222 ${key()}`, true],
    [`* ${key()}`, true],
    [`*,![*]:2222 ${key()}`, false],
    // A line without a port serves other ports.
    [`git.example.com ${key()}`, true],
    [`*.example.com ${key()}`, true],
    [`${hash("git.example.com")} ${key()}`, true],
    [`*.example.com,![git.example.com]:2222 ${key()}`, false],
    [`*.example.com,!git.example.com ${key()}`, false],
    [`[git.example.com]:22 ${key()}`, false],
    [`${hash("[git.example.com]:22")} ${key()}`, false],
    [`[git.example.com]:2222 ${key("two")}\n@revoked git.example.com ${key("two")}`, false],
  ])("%s knows port 2222: %s", (text, known) => {
    expect(trusts(text, "git.example.com", 2222)).toBe(known);
  });

  it.each([
    [`::1 ${key()}`, 22],
    [`[::1]:2222 ${key()}`, 2222],
  ])("%s knows an address of IPv6", (text, port) => {
    expect(trusts(text, "::1", port)).toBe(true);
  });
});

describe("keys of a host", () => {
  it("at a port go before those without one, type by type", () => {
    const rsa = key("ours", "ssh-rsa");
    const text = `h ${key("bare")}\n[h]:2222 ${rsa}\nh ${key("other", "ssh-rsa")}`;
    const known = keysOfHost(parseKnownHosts(text), "h", 2222);
    expect(
      known.trusted.map(
        ({ type, blob: bytes }) => `${type} ${Buffer.from(bytes).toString("base64")}`,
      ),
    ).toEqual([rsa, key("bare")]);
    expect([...known.typesAtPort]).toEqual(["ssh-rsa"]);
  });

  it("come from all lines, without those that are revoked by any", () => {
    const text = `git.example.com ${key("one")}\n* ${key("two")}\n@revoked *.example.com ${key("two")}\n@cert-authority * ${key("ca")}`;
    const known = keysOfHost(parseKnownHosts(text), "git.example.com", 22);
    const of = (rest: string): object => ({
      type: "ssh-ed25519",
      blob: blob("ssh-ed25519", rest),
    });
    expect(known).toEqual({
      trusted: [of("one")],
      typesAtPort: new Set(["ssh-ed25519"]),
      revoked: [of("two")],
      hasAuthority: true,
    });
    const other = keysOfHost(parseKnownHosts(text), "git.example.org", 22);
    expect(other.trusted).toEqual([of("two")]);
  });

  it("are the same to the last byte only", () => {
    const one = { type: "ssh-ed25519", blob: blob("ssh-ed25519", "one") };
    expect(isSameKey(one, { ...one, blob: Buffer.from(one.blob) })).toBe(true);
    expect(isSameKey(one, { ...one, blob: blob("ssh-ed25519", "onf") })).toBe(false);
    expect(isSameKey(one, { ...one, blob: blob("ssh-ed25519", "one ") })).toBe(false);
  });
});

describe("any text", () => {
  const field = fc.oneof(
    fc.string(),
    fc.stringMatching(/^[*?!,|[\]:.a-z0-9]{0,30}$/u),
    fc.constantFrom("@revoked", "@cert-authority", "|1|a|b", "ssh-ed25519", "AAAA"),
  );
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(fc.array(field).map((fields) => fields.join(" "))).map((lines) => lines.join("\n")),
    field.map((hosts) => `${hosts} ${key()}`),
  );

  it("is read without an error, and trusts what it says only", () => {
    fc.assert(
      fc.property(text, fc.domain(), fc.integer({ min: 1, max: 65_535 }), (lines, host, port) => {
        for (const { blob: bytes } of keysOfHost(parseKnownHosts(lines), host, port).trusted) {
          expect(lines).toContain(Buffer.from(bytes).toString("base64").replaceAll("=", ""));
        }
      }),
      { numRuns: runsOf(1000) },
    );
  });

  it("as a pattern matches as its regular expression does", () => {
    const pattern = fc.stringMatching(/^[ab*?]{1,8}$/u);
    fc.assert(
      fc.property(pattern, fc.stringMatching(/^[ab]{1,8}$/u), (glob, host) => {
        const source = glob.replaceAll("*", ".*").replaceAll("?", ".");
        expect(trusts(`${glob} ${key()}`, host)).toBe(new RegExp(`^${source}$`, "u").test(host));
      }),
      { numRuns: runsOf(2000) },
    );
  });

  it("of many stars is done with at once", () => {
    expect(trusts(`${"*a".repeat(500)}b ${key()}`, "a".repeat(1000))).toBe(false);
  });

  it("of bytes names a type or none", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const length = typeOfKey(bytes)?.length ?? -4;
        expect(bytes.length).toBeGreaterThanOrEqual(4 + length);
      }),
    );
  });
});
