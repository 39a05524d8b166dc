import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ProtocolError } from "../../src/protocol-error.js";
import { decodePackets, encodePacket, FLUSH } from "../../src/wire/pkt-line.js";
import { decodePushReport, encodePush, ZERO_OID } from "../../src/wire/receive-pack.js";
import {
  decodeRefAdvertisement,
  encodeBranchAdvertisement,
} from "../../src/wire/ref-advertisement.js";

const A = "a".repeat(40);
const B = "b".repeat(40);
const REF = "refs/heads/main";
const join = (...parts: readonly (string | Uint8Array)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? encodePacket(part) : part)));
const band = (number: number, data: string | Uint8Array): Uint8Array =>
  encodePacket(Buffer.concat([Buffer.from([number]), Buffer.from(data)]));

describe("packets", () => {
  it("come back as they were framed", () => {
    const data = fc
      .uint8Array({ minLength: 1, maxLength: 300 })
      .filter((bytes) => bytes[0] !== 0x45);
    fc.assert(
      fc.property(fc.array(data), (list) => {
        const framed = Buffer.concat(list.map((bytes) => encodePacket(bytes)));
        expect(decodePackets(framed).map((packet) => Buffer.from(packet))).toEqual(
          list.map((bytes) => Buffer.from(bytes)),
        );
      }),
    );
  });

  it.each(["zzzz", "0009abc", "0003", "00", "0006a", "<html>"])("are refused in %o", (text) => {
    expect(() => decodePackets(Buffer.from(text))).toThrow(ProtocolError);
  });

  it("are separated by flush, delimiter and response end", () => {
    expect(decodePackets(Buffer.from("000000010002"))).toEqual([
      "separator",
      "separator",
      "separator",
    ]);
  });

  it("carry the refusal of a server", () => {
    expect(() => decodePackets(join("ERR access denied\n"))).toThrow(
      expect.objectContaining({ said: "access denied" }),
    );
  });

  it("have a size", () => {
    expect(() => encodePacket(new Uint8Array(65_517))).toThrow(RangeError);
  });
});

describe("an advertisement", () => {
  const head = "# service=git-upload-pack\n";

  it("lists references, capabilities and what HEAD names", () => {
    const bytes = join(
      head,
      FLUSH,
      `${A} HEAD\0multi_ack symref=HEAD:refs/heads/main shallow\n`,
      `${B} refs/heads/ä\n`,
      `${A} ${REF}\n`,
      `${A} refs/tags/v1\n`,
      `${B} refs/tags/v1^{}\n`,
      FLUSH,
    );
    const { refs, head: branch, capabilities } = decodeRefAdvertisement(bytes);
    expect(Object.fromEntries(refs)).toEqual({
      HEAD: A,
      "refs/heads/ä": B,
      [REF]: A,
      "refs/tags/v1": A,
    });
    expect(branch).toBe("main");
    expect(capabilities).toContain("shallow");
  });

  it.each([
    [[`${A} HEAD\0x\n`, `${A} ${REF}\n`, `${B} refs/heads/b\n`], "main"],
    [[`${A} HEAD\0x\n`, `${A} ${REF}\n`, `${A} refs/heads/b\n`], undefined],
    [[`${A} ${REF}\0x\n`], undefined],
    [[`${ZERO_OID} capabilities^{}\0x\n`], undefined],
    [[], undefined],
  ])("without a symref, %j, has the default branch %s", (lines, branch) => {
    expect(decodeRefAdvertisement(join(head, FLUSH, ...lines, FLUSH)).head).toBe(branch);
  });

  it.each([["# service=git-receive-pack\n"], [head, FLUSH, "nonsense\0x\n"], []])(
    "is refused when it is none: %j",
    (...lines) => {
      expect(() => decodeRefAdvertisement(join(...lines))).toThrow(ProtocolError);
    },
  );

  it("of one branch says what it was made from", () => {
    const bytes = encodeBranchAdvertisement(REF, A, ["shallow", "symref=HEAD:refs/heads/other"]);
    const { refs, head: branch, capabilities } = decodeRefAdvertisement(bytes);
    expect(Object.fromEntries(refs)).toEqual({ HEAD: A, [REF]: A });
    expect(branch).toBe("main");
    expect(capabilities).toEqual(["shallow", "symref=HEAD:refs/heads/main"]);
  });
});

describe("a push", () => {
  it("asks for a report and names both ends", () => {
    const pack = Buffer.from("PACK...");
    const bytes = Buffer.from(encodePush({ ref: REF, expected: A, next: B, pack }));
    expect(bytes.toString()).toMatch(
      new RegExp(`^[0-9a-f]{4}${A} ${B} ${REF}\0 report-status .*0000PACK\\.\\.\\.$`, "u"),
    );
  });

  const report = (...lines: readonly string[]): Buffer => join(...lines, FLUSH);

  it.each([
    ["side bands", join(band(1, report("unpack ok\n", `ok ${REF}\n`)), FLUSH), ""],
    ["no side bands", report("unpack ok\n", `ok ${REF}\n`), ""],
    [
      "a report in pieces between messages",
      join(
        band(2, "hello "),
        band(1, report("unpack ok\n", `ok ${REF}\n`).subarray(0, 7)),
        band(2, "there"),
        band(1, report("unpack ok\n", `ok ${REF}\n`).subarray(7)),
        FLUSH,
      ),
      "hello there",
    ],
  ])("is accepted with %s", (_title, bytes, said) => {
    expect(decodePushReport(bytes, REF)).toEqual({ kind: "accepted", said });
  });

  it.each([
    [["unpack ok\n", `ng ${REF} failed to update ref\n`], "failed to update ref"],
    [
      ["unpack index-pack abnormal exit\n", `ng ${REF} unpacker error\n`],
      "unpack: index-pack abnormal exit",
    ],
  ])("is refused by %j", (lines, reason) => {
    const bytes = join(band(2, "no\n"), band(1, report(...lines)), FLUSH);
    expect(decodePushReport(bytes, REF)).toEqual({ kind: "refused", reason, said: "no\n" });
  });

  it.each([
    ["nothing", Buffer.alloc(0)],
    ["no unpack line", report(`ok ${REF}\n`)],
    ["another reference", report("unpack ok\n", "ok refs/heads/other\n")],
    ["a fatal error only", join(band(3, "disk full"), FLUSH)],
  ])("has no known outcome with %s", (_title, bytes) => {
    expect(() => decodePushReport(bytes, REF)).toThrow(ProtocolError);
  });
});
