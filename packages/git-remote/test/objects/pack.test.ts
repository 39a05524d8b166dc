import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { objectId } from "../../src/objects/object-id.js";
import { openPack } from "../../src/objects/open-pack.js";
import { ProtocolError } from "../../src/protocol-error.js";
import { startGitServer, type GitTestServer } from "../../src/testing/index.js";
import {
  appendDelta,
  BLOB,
  blobId,
  copyInstruction,
  delta,
  distance,
  LIMITS,
  OFFSET_DELTA,
  REFERENCE_DELTA,
  withChecksum,
  writeEntry,
  writePack,
  type WrittenEntry,
} from "./pack-fixture.js";
import { runsOf } from "../../../../test/setup/whole.js";

const blob = (content: string | Uint8Array): WrittenEntry => ({
  type: BLOB,
  content: Buffer.from(content),
});
const onto = (oid: string, content: Buffer): WrittenEntry => ({
  type: REFERENCE_DELTA,
  base: Buffer.from(oid, "hex"),
  content,
});
const read = async (pack: Uint8Array, oid: string): Promise<string | undefined> => {
  const object = (await openPack(pack, LIMITS)).read(oid);
  return object === undefined ? undefined : Buffer.from(object.content).toString();
};

describe("a pack of the git program", () => {
  let server: GitTestServer;
  let count = 0;
  beforeAll(async () => {
    server = await startGitServer();
  });
  afterAll(() => server.close());

  const line = fc.stringMatching(/^[a-z]{1,12}$/u);
  const file = fc.array(line, { minLength: 1, maxLength: 200 }).map((lines) => lines.join("\n"));
  const change = fc.record({ at: fc.nat(1000), text: line });

  it.each([
    ["offset deltas", ["--delta-base-offset"]],
    ["reference deltas", []],
    ["long chains", ["--delta-base-offset", "--depth=200", "--window=250"]],
    ["no deltas", ["--window=0"]],
  ])("is read completely with %s", async (_title, options) => {
    const changes = fc.array(change, { minLength: 1, maxLength: 30 });
    const run = async (start: string, edits: readonly { at: number; text: string }[]) => {
      count += 1;
      const name = `pack-${count}`;
      await server.createRepository(name, { branches: { main: { "a/b": start, c: "" } } });
      let text = start;
      for (const { at, text: inserted } of edits) {
        text = text.slice(0, at) + inserted + text.slice(at);
        await server.git(name, ["hash-object", "-w", "--stdin"], text);
      }
      const all = ["cat-file", "--batch-all-objects", "--batch-check=%(objectname)"];
      const oids = (await server.git(name, all)).toString().trim().split("\n");
      const pack = await server.git(
        name,
        ["pack-objects", "--stdout", "-q", ...options],
        `${oids.join("\n")}\n`,
      );
      const opened = await openPack(pack, LIMITS);
      const found = oids.map((oid) => opened.read(oid));
      expect(found.map((object) => object && objectId(object))).toEqual(oids);
      expect(opened.has("0".repeat(40))).toBe(false);
      expect(opened.read("0".repeat(40))).toBeUndefined();
    };
    await fc.assert(fc.asyncProperty(file, changes, run), { numRuns: 4 });
  });

  it("never passes for good when a byte is changed", async () => {
    await server.createRepository("damaged", {
      branches: { main: { a: "x\n".repeat(500), b: `${"x\n".repeat(500)}y\n` } },
    });
    const options = ["pack-objects", "--stdout", "-q", "--revs", "--delta-base-offset"];
    const pack = await server.git("damaged", options, "main\n");
    const body = pack.subarray(0, -20);
    const position = fc.nat(body.length - 1);
    const damage = fc.integer({ min: 1, max: 255 });
    await fc.assert(
      fc.asyncProperty(position, damage, async (at, mask) => {
        const damaged = Buffer.from(body);
        damaged[at] = (damaged[at] ?? 0) ^ mask;
        const withOldSum = Buffer.concat([damaged, pack.subarray(-20)]);
        await expect(openPack(withOldSum, LIMITS)).rejects.toThrow(ProtocolError);
        // With a sum that fits, it is refused or whatever it holds has the id that it deserves.
        const outcome = await openPack(withChecksum(damaged), LIMITS).catch(
          (error: unknown) => error,
        );
        expect(outcome instanceof Error ? outcome : undefined).toSatisfy(
          (error) => error === undefined || error instanceof ProtocolError,
        );
      }),
      { numRuns: runsOf(300) },
    );
  });

  it("is refused at any length but its own", async () => {
    await server.createRepository("cut", { branches: { main: { a: "a" } } });
    const pack = await server.git("cut", ["pack-objects", "--stdout", "-q", "--revs"], "main\n");
    for (let length = 0; length < pack.length; length += 1) {
      await expect(openPack(pack.subarray(0, length), LIMITS)).rejects.toThrow(ProtocolError);
    }
    await expect(openPack(Buffer.concat([pack, pack]), LIMITS)).rejects.toThrow(ProtocolError);
  });
});

describe("a pack", () => {
  it("may be empty", async () => {
    expect((await openPack(writePack([]), LIMITS)).has(blobId(""))).toBe(false);
  });

  it("may have a delta before its base, on another delta, and an object twice", async () => {
    const base = "the base, long enough to be one\n";
    const middle = `${base}more`;
    const pack = writePack([
      onto(blobId(middle), appendDelta(Buffer.from(middle), " and more")),
      onto(blobId(base), appendDelta(Buffer.from(base), "more")),
      blob(base),
      blob(""),
      blob(base),
    ]);
    expect(await read(pack, blobId(`${middle} and more`))).toBe(`${middle} and more`);
    expect(await read(pack, blobId(middle))).toBe(middle);
    expect(await read(pack, blobId(""))).toBe("");
  });

  it("may have a delta that makes its own base", async () => {
    const base = "same";
    const same = delta(4, 4, copyInstruction(0, 4));
    const pack = writePack([blob(base), onto(blobId(base), same), onto(blobId(base), same)]);
    expect(await read(pack, blobId(base))).toBe(base);
  });

  it("may be a chain of thousands of deltas", async () => {
    const entries = [writeEntry(blob(""))];
    let text = "";
    for (let index = 0; index < 5000; index += 1) {
      const content = appendDelta(Buffer.from(text), "x");
      const base = distance(entries.at(-1)?.length ?? 0);
      entries.push(writeEntry({ type: OFFSET_DELTA, base, content }));
      text += "x";
    }
    const header = writePack([], entries.length).subarray(0, 12);
    const pack = withChecksum(Buffer.concat([header, ...entries]));
    expect(await read(pack, blobId(text))).toBe(text);
  });

  const base = Buffer.from("0123456789");
  it.each([
    ["a base that is not there", [onto("1".repeat(40), appendDelta(base, "x"))]],
    [
      "a base that does not fit",
      [blob(base), onto(blobId(base), appendDelta(base.subarray(1), "x"))],
    ],
    ["a copy from outside", [blob(base), onto(blobId(base), delta(10, 4, copyInstruction(8, 4)))]],
    ["less than it claims", [blob(base), onto(blobId(base), delta(10, 5, copyInstruction(0, 4)))]],
    ["more than it claims", [blob(base), onto(blobId(base), delta(10, 3, copyInstruction(0, 4)))]],
    ["a reserved instruction", [blob(base), onto(blobId(base), delta(10, 1, Buffer.from([0])))]],
    [
      "an instruction cut off",
      [blob(base), onto(blobId(base), delta(10, 4, Buffer.from([0x9f, 1])))],
    ],
    ["sizes without an end", [blob(base), onto(blobId(base), Buffer.alloc(20, 0xff))]],
    ["an offset before the pack", [{ type: OFFSET_DELTA, base: distance(50_000), content: base }]],
    [
      "an offset between entries",
      [blob(base), { type: OFFSET_DELTA, base: distance(1), content: base }],
    ],
    ["an offset of nothing", [{ type: OFFSET_DELTA, base: Buffer.from([0]), content: base }]],
    ["a type that does not exist", [{ type: 5, content: base }]],
    ["an object larger than it says", [{ type: BLOB, content: base, claimedSize: 9 }]],
    ["an object smaller than it says", [{ type: BLOB, content: base, claimedSize: 11 }]],
    ["a size that no number holds", [{ type: BLOB, content: base, claimedSize: 2 ** 60 }]],
  ] satisfies readonly (readonly [string, readonly WrittenEntry[]])[])(
    "is refused with %s",
    async (_title, entries) => {
      await expect(openPack(writePack(entries), LIMITS)).rejects.toThrow(ProtocolError);
    },
  );

  it.each([
    ["fewer", 2],
    ["more", 0],
  ])("is refused with %s objects than it claims", async (_title, count) => {
    await expect(openPack(writePack([blob("a")], count), LIMITS)).rejects.toThrow(ProtocolError);
  });

  it("of another version is refused", async () => {
    const pack = writePack([]).subarray(0, 12);
    pack.writeUInt32BE(3, 4);
    await expect(openPack(withChecksum(pack), LIMITS)).rejects.toThrow(ProtocolError);
  });
});

describe("a bomb", () => {
  const mebibyte = Buffer.alloc(1024 * 1024);
  const many = (count: number): Buffer => {
    // Copies of the largest size that one instruction can have.
    const copies = Array.from({ length: count }, () => copyInstruction(0, 0xff_ff_ff));
    return delta(0xff_ff_ff, count * 0xff_ff_ff, ...copies);
  };

  it.each([
    ["one object", { objectBytes: 1000 }, [blob(mebibyte)]],
    ["one object that hides its size", {}, [{ type: BLOB, content: mebibyte, claimedSize: 10 }]],
    ["many objects", { totalBytes: 3_000_000 }, [blob(mebibyte), blob(mebibyte), blob(mebibyte)]],
    ["a delta that copies a lot", {}, [blob(mebibyte), onto(blobId(mebibyte), many(60))]],
    ["too many objects", { objects: 2 }, [blob("a"), blob("b"), blob("c")]],
    [
      "deltas that add up",
      { totalBytes: 3_000_000 },
      [
        blob(mebibyte),
        ...["a", "b", "c", "d"].map((text) => onto(blobId(mebibyte), appendDelta(mebibyte, text))),
      ],
    ],
  ] satisfies readonly (readonly [string, Partial<typeof LIMITS>, readonly WrittenEntry[]])[])(
    "of %s is not set off",
    async (title, limits, entries) => {
      const kind = title.includes("hides") ? "invalid-response" : "too-large";
      const limit = { ...LIMITS, objectBytes: 2 ** 21, ...limits };
      await expect(openPack(writePack(entries), limit)).rejects.toMatchObject({
        name: "ProtocolError",
        kind,
      });
    },
  );

  it("of bases that must all be held at once is not set off", async () => {
    // Each base has one delta more that waits while the other goes deeper.
    const entries: WrittenEntry[] = [blob(mebibyte)];
    let content: Buffer = mebibyte;
    for (let depth = 0; depth < 10; depth += 1) {
      const oid = blobId(content);
      entries.push(onto(oid, appendDelta(content, "leaf")), onto(oid, appendDelta(content, "x")));
      content = Buffer.concat([content, Buffer.from("x")]);
    }
    const limits = { ...LIMITS, objectBytes: 2 ** 21 };
    await expect(openPack(writePack(entries), limits)).rejects.toMatchObject({ kind: "too-large" });
  });

  it("leaves room for others while it is looked at, and can be cancelled", async () => {
    const pack = writePack(Array.from({ length: 20 }, () => blob(mebibyte)));
    const controller = new AbortController();
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    });
    await openPack(pack, LIMITS);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
    const opening = openPack(pack, LIMITS, controller.signal);
    controller.abort();
    await expect(opening).rejects.toThrow("abort");
  });
});
