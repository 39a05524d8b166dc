import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ProtocolError } from "../../src/protocol-error.js";
import { readFetchedPack, encodeFetch } from "../../src/wire/fetch-pack.js";
import { readGreeting } from "../../src/wire/greeting.js";
import { encodeLsRefs, readLsRefs } from "../../src/wire/ls-refs.js";
import {
  decodePackets,
  DELIMITER,
  encodePacket,
  FLUSH,
  readPackets,
} from "../../src/wire/pkt-line.js";
import {
  encodePush,
  readPushOffer,
  readPushReport,
  ZERO_OID,
  type PushOffer,
} from "../../src/wire/receive-pack.js";
import { featuresOfVersion0, featuresOfVersion2 } from "../../src/wire/server-features.js";

const A = "a".repeat(40);
const B = "b".repeat(40);
const REF = "refs/heads/main";
const join = (...parts: readonly (string | Uint8Array)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? encodePacket(part) : part)));
// An answer that arrives in pieces of a few bytes.
async function* pieces(bytes: Uint8Array, size = 3): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
const texts = (request: Uint8Array): readonly string[] =>
  decodePackets(request).map((packet) =>
    typeof packet === "string" ? packet : Buffer.from(packet).toString(),
  );
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

  it("are the same however they arrive", async () => {
    const data = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).filter((bytes) => bytes[0] !== 0x45),
      fc.constantFrom("0000", "0001", "0002"),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(data), fc.integer({ min: 1, max: 400 }), async (list, size) => {
        const parts = list.map((one) =>
          typeof one === "string" ? Buffer.from(one) : encodePacket(one),
        );
        const framed = Buffer.concat(parts);
        expect(await collect(readPackets(pieces(framed, size)))).toEqual(decodePackets(framed));
      }),
    );
  });

  it.each(["zzzz", "0009abc", "0003", "00", "0006a", "<html>"])(
    "are refused in %o",
    async (text) => {
      expect(() => decodePackets(Buffer.from(text))).toThrow(ProtocolError);
      await expect(collect(readPackets(pieces(Buffer.from(text))))).rejects.toThrow(ProtocolError);
    },
  );

  it("are read no further than somebody wants them", async () => {
    let read = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        read += 1;
        yield FLUSH;
      }
    }
    for await (const packet of readPackets(endless())) if (packet === "flush") break;
    expect(read).toBe(1);
  });

  it("are separated by flush, delimiter and response end", () => {
    expect(decodePackets(Buffer.from("000000010002"))).toEqual(["flush", "delimiter", "end"]);
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

describe("a greeting", () => {
  const head = "# service=git-upload-pack\n";
  const greet = (...parts: readonly (string | Uint8Array)[]): ReturnType<typeof readGreeting> =>
    readGreeting(pieces(join(...parts)));

  it("of version 0 lists references, capabilities and what HEAD names", async () => {
    const list = [
      `${A} HEAD\0multi_ack symref=HEAD:refs/heads/main shallow\n`,
      `${B} refs/heads/ä\n`,
      `${A} ${REF}\n`,
      `${A} refs/tags/v1\n`,
      `${B} refs/tags/v1^{}\n`,
      FLUSH,
    ];
    const overHttp = await greet(head, FLUSH, ...list);
    // A channel begins with the list itself.
    expect(await greet(...list)).toEqual(overHttp);
    expect(await greet("version 1\n", ...list)).toEqual(overHttp);
    if (overHttp.version !== 0) throw new Error("not version 0");
    const { refs, head: branch, features } = overHttp.advertisement;
    expect(Object.fromEntries(refs)).toEqual({
      HEAD: A,
      "refs/heads/ä": B,
      [REF]: A,
      "refs/tags/v1": A,
    });
    expect(branch).toBe("main");
    expect(features).toMatchObject({ version: 0, shallow: true, filter: false, anyObject: false });
  });

  it.each([
    [[`${A} HEAD\0x\n`, `${A} ${REF}\n`, `${B} refs/heads/b\n`], "main"],
    [[`${A} HEAD\0x\n`, `${A} refs/heads/b\n`, `${A} ${REF}\n`], "main"],
    [[`${A} HEAD\0x\n`, `${A} refs/heads/b\n`, `${A} refs/heads/master\n`], "master"],
    [[`${A} HEAD\0x\n`, `${B} ${REF}\n`, `${A} refs/heads/b\n`], "b"],
    [[`${A} HEAD\0x\n`, `${A} refs/heads/a\n`, `${A} refs/heads/b\n`], undefined],
    [[`${A} ${REF}\0x\n`], undefined],
    [[`${ZERO_OID} capabilities^{}\0x\n`], undefined],
    [[], undefined],
  ])("of version 0 without a symref, %j, has the default branch %s", async (lines, branch) => {
    const greeting = await greet(head, FLUSH, ...lines, FLUSH);
    expect(greeting).toMatchObject({ version: 0, advertisement: { head: branch } });
  });

  it("of version 2 says what the server can do", async () => {
    const lines = ["version 2\n", "agent=git/2\n", "ls-refs=unborn\n", "fetch=shallow filter\n"];
    expect(await greet(...lines, "object-format=sha256\n", FLUSH)).toMatchObject({
      version: 2,
      features: { objectFormat: "sha256", shallow: true, filter: true, anyObject: true },
    });
    expect(await greet(head, FLUSH, "version 2\n", "fetch\n", FLUSH)).toMatchObject({
      version: 2,
      features: { objectFormat: "sha1", shallow: false, filter: false },
    });
  });

  it.each([
    ["# service=git-receive-pack\n", FLUSH, FLUSH],
    [head, FLUSH, "nonsense\0x\n", FLUSH],
    [head, FLUSH, `${A} HEAD\0x\n`],
    [head],
    [],
  ])("is refused when it is none: %j", async (...lines) => {
    await expect(greet(...lines)).rejects.toThrow(ProtocolError);
  });
});

const VERSION_2 = featuresOfVersion2(["agent=git/2", "fetch=shallow filter", "object-format=sha1"]);
const VERSION_0 = featuresOfVersion0([
  "multi_ack",
  "thin-pack",
  "side-band-64k",
  "ofs-delta",
  "shallow",
  "no-progress",
  "filter",
  "allow-reachable-sha1-in-want",
  "agent=git/2",
]);

describe("a look at references", () => {
  it("names prefixes", () => {
    expect(texts(encodeLsRefs(VERSION_2, ["HEAD", REF]))).toEqual([
      "command=ls-refs\n",
      "agent=image-updater-sdk\n",
      "object-format=sha1\n",
      "delimiter",
      "symrefs\n",
      "ref-prefix HEAD\n",
      `ref-prefix ${REF}\n`,
      "flush",
    ]);
    expect(texts(encodeLsRefs(featuresOfVersion2([]), []))).toEqual([
      "command=ls-refs\n",
      "delimiter",
      "symrefs\n",
      "flush",
    ]);
  });

  it("finds them, and the branch of HEAD", async () => {
    const lines = [`${A} HEAD symref-target:${REF}\n`, `${B} refs/tags/v1 peeled:${A}\n`];
    const { refs, head } = await readLsRefs(pieces(join(...lines, FLUSH)));
    expect(Object.fromEntries(refs)).toEqual({ HEAD: A, [REF]: A, "refs/tags/v1": B });
    expect(head).toBe("main");
  });

  it.each([
    [[`${A}\n`, FLUSH]],
    [[`unborn HEAD symref-target:${REF}\n`, FLUSH]],
    [[`${A} HEAD\n`]],
    [["ERR no\n"]],
  ])("is refused as %j", async (lines) => {
    await expect(readLsRefs(pieces(join(...lines)))).rejects.toThrow(ProtocolError);
  });
});

describe("a fetch", () => {
  const request = { wants: [A, B], shallow: true, filter: "tree:0" } as const;
  const plain = { wants: [A], shallow: false, filter: undefined };

  it("is a command of version 2", () => {
    expect(texts(encodeFetch(VERSION_2, request))).toEqual([
      "command=fetch\n",
      "agent=image-updater-sdk\n",
      "object-format=sha1\n",
      "delimiter",
      "ofs-delta\n",
      "no-progress\n",
      `want ${A}\n`,
      `want ${B}\n`,
      "deepen 1\n",
      "filter tree:0\n",
      "done\n",
      "flush",
    ]);
  });

  it("is a whole conversation in version 0, with capabilities that the server has", () => {
    const chosen = "multi_ack ofs-delta side-band-64k no-progress";
    expect(texts(encodeFetch(VERSION_0, request))).toEqual([
      `want ${A} ${chosen} filter agent=image-updater-sdk\n`,
      `want ${B}\n`,
      "deepen 1\n",
      "filter tree:0\n",
      "flush",
      "done\n",
    ]);
    const little = featuresOfVersion0(["side-band-64k", "object-format=sha1"]);
    expect(texts(encodeFetch(little, plain))).toEqual([
      `want ${A} side-band-64k object-format=sha1\n`,
      "flush",
      "done\n",
    ]);
  });

  const shallow = [`shallow ${A}\n`];
  const pack = [band(2, "Counting\n"), band(1, "PA"), band(1, ""), band(1, "CK"), FLUSH];

  it.each([
    [2, ["shallow-info\n", ...shallow, DELIMITER, "packfile\n", ...pack]],
    [2, ["packfile\n", ...pack, "what follows"]],
    [0, [...shallow, FLUSH, "NAK\n", ...pack]],
    [0, ["NAK\n", ...pack]],
    [0, [`ACK ${A}\n`, ...pack]],
  ] as const)("of version %i is answered by a pack in %j", async (version, lines) => {
    const bytes = await readFetchedPack(pieces(join(...lines)), { version, sideBand: true });
    expect(Buffer.from(bytes).toString()).toBe("PACK");
  });

  it.each([[["NAK\n", "PACK"]], [[`ACK ${A}\n`, "PACK"]], [[...shallow, FLUSH, "NAK\n", "PACK"]]])(
    "without side bands is answered by a pack in %j",
    async (lines) => {
      const bytes = Buffer.concat([join(...lines.slice(0, -1)), Buffer.from("PACK...")]);
      const features = { version: 0, sideBand: false } as const;
      const sent = await readFetchedPack(pieces(bytes), features);
      expect(Buffer.from(sent).toString()).toBe("PACK...");
    },
  );

  it.each([
    [["NAK\n"], undefined],
    [["ERR upload-pack: not our ref\n"], "upload-pack: not our ref"],
    [[], undefined],
  ])("without side bands is refused in %j", async (lines, said) => {
    const features = { version: 0, sideBand: false } as const;
    await expect(readFetchedPack(pieces(join(...lines)), features)).rejects.toThrow(
      expect.objectContaining({ name: "ProtocolError", said }),
    );
  });

  it.each([
    [2, ["packfile\n", band(1, "PACK")], undefined],
    [2, ["acknowledgments\n", "NAK\n", FLUSH, "packfile\n", ...pack], undefined],
    [2, ["ERR filter 'tree' not supported\n"], "filter 'tree' not supported"],
    [2, ["packfile\n", band(1, "PA"), band(3, "out of memory\n"), FLUSH], "out of memory"],
    [0, ["NAK\n"], undefined],
    [0, [...shallow, FLUSH, "ERR upload-pack: not our ref\n"], "upload-pack: not our ref"],
    [0, [FLUSH, FLUSH], undefined],
  ] as const)("of version %i is refused in %j", async (version, lines, said) => {
    await expect(
      readFetchedPack(pieces(join(...lines)), { version, sideBand: true }),
    ).rejects.toThrow(expect.objectContaining({ name: "ProtocolError", said }));
  });
});

describe("what a server says before a push", () => {
  const refs = [`${B} refs/heads/b\n`, FLUSH];
  const line = `${A} ${REF}\0report-status  side-band-64k agent=x/1\n`;
  const names = ["report-status", "side-band-64k", "agent=x/1"];

  it.each([
    ["over HTTP", ["# service=git-receive-pack\n", FLUSH, line, ...refs], names],
    ["over a channel", [line, ...refs], names],
    ["in version 1", ["version 1\n", line, ...refs], names],
    [
      "of no references",
      [`${ZERO_OID} capabilities^{}\0report-status\n`, FLUSH],
      ["report-status"],
    ],
    ["without a capability", [`${A} ${REF}\n`, ...refs], []],
  ] as const)("is read %s", async (_title, lines, capabilities) => {
    expect(await readPushOffer(pieces(join(...lines)))).toEqual({ capabilities });
  });

  it.each([
    ["nothing", []],
    ["a flush", [FLUSH]],
    ["another service", ["# service=git-upload-pack\n", FLUSH, line, ...refs]],
    ["something else", ["hello\n", FLUSH]],
    ["an error", ["ERR access denied\n"]],
  ] as const)("must not be %s", async (_title, lines) => {
    await expect(readPushOffer(pieces(join(...lines)))).rejects.toThrow(ProtocolError);
  });
});

const offer: PushOffer = {
  capabilities: [
    "report-status",
    "delete-refs",
    "side-band-64k",
    "agent=git/2.39",
    "object-format=sha1",
  ],
};

describe("a push", () => {
  it("asks for a report and names both ends", () => {
    const pack = Buffer.from("PACK...");
    const bytes = Buffer.from(encodePush({ ref: REF, expected: A, next: B, pack }, offer));
    expect(bytes.toString()).toMatch(
      new RegExp(`^[0-9a-f]{4}${A} ${B} ${REF}\0 report-status .*0000PACK\\.\\.\\.$`, "u"),
    );
  });

  it.each([
    ["report-status delete-refs side-band-64k", " report-status side-band-64k"],
    ["report-status", " report-status"],
    ["report-status-v2 atomic ofs-delta quiet", " report-status-v2"],
    ["report-status report-status-v2 agent=git/2", " report-status agent=image-updater-sdk"],
    ["object-format=sha1", " object-format=sha1"],
    ["side-band", ""],
    ["", ""],
  ])("to a server that offers %j names %j", (offered, named) => {
    const capabilities = offered.split(" ").filter((name) => name !== "");
    const push = { ref: REF, expected: A, next: B, pack: Buffer.from("PACK") };
    const bytes = Buffer.from(encodePush(push, { capabilities }));
    expect(bytes.toString("utf8", 4)).toBe(`${A} ${B} ${REF}\0${named}0000PACK`);
  });

  it("to a server that makes no reports has none", async () => {
    const answer = join(band(2, "hello"), FLUSH);
    const silent = { capabilities: ["side-band-64k"] };
    expect(await readPushReport(pieces(answer), REF, silent)).toEqual({
      kind: "unreported",
      said: "hello",
    });
    expect(await readPushReport(pieces(Buffer.alloc(0)), REF, { capabilities: [] })).toEqual({
      kind: "unreported",
      said: "",
    });
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
  ])("is accepted with %s", async (_title, bytes, said) => {
    expect(await readPushReport(pieces(bytes), REF, offer)).toEqual({ kind: "accepted", said });
  });

  it.each([
    [["unpack ok\n", `ng ${REF} failed to update ref\n`], "reference", "failed to update ref"],
    [
      ["unpack index-pack abnormal exit\n", `ng ${REF} unpacker error\n`],
      "pack",
      "unpack: index-pack abnormal exit",
    ],
  ])("is refused by %j", async (lines, what, reason) => {
    const bytes = join(band(2, "no\n"), band(1, report(...lines)), FLUSH);
    const refused = { kind: "refused", what, reason, said: "no\n" };
    expect(await readPushReport(pieces(bytes), REF, offer)).toEqual(refused);
  });

  it.each([
    ["nothing", Buffer.alloc(0)],
    ["no unpack line", report(`ok ${REF}\n`)],
    ["another reference", report("unpack ok\n", "ok refs/heads/other\n")],
    ["a fatal error only", join(band(3, "disk full"), FLUSH)],
  ])("has no known outcome with %s", async (_title, bytes) => {
    await expect(readPushReport(pieces(bytes), REF, offer)).rejects.toThrow(ProtocolError);
  });
});
