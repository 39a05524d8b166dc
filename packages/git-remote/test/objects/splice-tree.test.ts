import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { ProtocolError } from "../../src/protocol-error.js";
import { findTreeEntry, spliceTree } from "../../src/objects/splice-tree.js";

const MODES = ["100644", "100755", "120000", "160000", "40000"] as const;

interface Entry {
  readonly name: Uint8Array;
  readonly mode: string;
  readonly oid: string;
}

/** A tree as Git writes it: sorted with folders as if they ended in a slash. */
function encode(entries: readonly Entry[]): Buffer {
  const key = ({ name, mode }: Entry): Buffer =>
    Buffer.concat([name, Buffer.from(mode === "40000" ? "/" : "")]);
  const sorted = entries.toSorted((left, right) => Buffer.compare(key(left), key(right)));
  return Buffer.concat(
    sorted.flatMap(({ name, mode, oid }) => [
      Buffer.from(`${mode} `),
      name,
      Buffer.from([0]),
      Buffer.from(oid, "hex"),
    ]),
  );
}

const oid = fc
  .uint8Array({ minLength: 20, maxLength: 20 })
  .map((bytes) => Buffer.from(bytes).toString("hex"));
const rawName = fc.oneof(
  fc
    .uint8Array({ minLength: 1, maxLength: 6 })
    .map((bytes) => bytes.map((byte) => (byte === 0 || byte === 47 ? 46 : byte))),
  fc.stringMatching(/^[ab.0-]{1,4}$/u).map((text) => Buffer.from(text)),
);
const entry = fc.record({ name: rawName, mode: fc.constantFrom(...MODES), oid });
const entries = fc.uniqueArray(entry, {
  selector: ({ name }) => Buffer.from(name).toString("latin1"),
});
const newName = fc.oneof(
  fc.stringMatching(/^[ab.0-]{1,4}$/u),
  fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 4 })
    .filter((text) => !/[/\0]/u.test(text)),
);

const isFolder = (mode: string): boolean => mode === "40000";

describe("spliceTree", () => {
  it("makes what encoding the changed entries anew would make", () => {
    fc.assert(
      fc.property(entries, newName, fc.constantFrom(...MODES), oid, (tree, name, mode, id) => {
        const bytes = Buffer.from(name);
        const present = tree.find((one) => bytes.equals(one.name));
        fc.pre(present === undefined || isFolder(present.mode) === isFolder(mode));
        const others = tree.filter((one) => one !== present);
        const spliced = spliceTree(encode(tree), name, { mode, oid: id });
        expect(Buffer.from(spliced)).toEqual(encode([...others, { name: bytes, mode, oid: id }]));
        expect(findTreeEntry(spliced, name)).toEqual({ mode, oid: id });
      }),
    );
  });

  it("copies odd entries as they are, and leaves a tree that is out of order so", () => {
    const zeros = Buffer.alloc(20);
    const odd = Buffer.concat([
      Buffer.from("100664 z\0"),
      zeros,
      Buffer.from("040000 dir\0"),
      zeros,
      Buffer.from([0x31, 0x20, 0xe9, 0x00]),
      zeros,
    ]);
    const spliced = Buffer.from(spliceTree(odd, "dir", { mode: "40000", oid: "1".repeat(40) }));
    expect(spliced.subarray(0, 29)).toEqual(odd.subarray(0, 29));
    expect(spliced.subarray(-24)).toEqual(odd.subarray(-24));
    expect(findTreeEntry(odd, "dir")?.mode).toBe("040000");
  });

  it("never turns a file into a folder, or the reverse", () => {
    const tree = spliceTree(new Uint8Array(), "a", { mode: "100644", oid: "1".repeat(40) });
    expect(() => spliceTree(tree, "a", { mode: "40000", oid: "1".repeat(40) })).toThrow(RangeError);
  });

  it.each(["100644 a", "100644 a\0short", "nospace\0"])("refuses the malformed tree %o", (text) => {
    expect(() => findTreeEntry(Buffer.from(text), "b")).toThrow(ProtocolError);
  });
});

describe("spliceTree and the git program", () => {
  const folder = mkdtempSync(join(tmpdir(), "splice-"));
  const environment = { PATH: process.env["PATH"], HOME: folder, GIT_CONFIG_NOSYSTEM: "1" };
  const git = (args: readonly string[], input?: Uint8Array): string =>
    spawnSync("git", args, { cwd: folder, env: environment, input }).stdout.toString().trim();
  git(["init", "--quiet", "--bare", "."]);
  afterAll(() => rmSync(folder, { recursive: true }));

  it("agree on the id of the tree", () => {
    const names = ["a", "a.b", "a0", "a-", "A", "ä", "\u{1F600}", "z", "a b"];
    const modes = ["100644", "40000"];
    const orders = fc.shuffledSubarray(names, { minLength: 1 });
    fc.assert(
      fc.property(orders, fc.infiniteStream(fc.constantFrom(...modes)), (order, stream) => {
        const rows = order.map((name) => ({ name, mode: stream.next().value ?? "100644" }));
        const id = "1".repeat(40);
        let tree: Uint8Array = new Uint8Array();
        for (const { name, mode } of rows) tree = spliceTree(tree, name, { mode, oid: id });
        const text = rows
          .map(({ name, mode }) => `${mode} ${mode === "40000" ? "tree" : "blob"} ${id}\t${name}\0`)
          .join("");
        const expected = git(["mktree", "-z", "--missing"], Buffer.from(text));
        expect(expected).toMatch(/^[0-9a-f]{40}$/u);
        expect(git(["hash-object", "-t", "tree", "--literally", "--stdin"], tree)).toBe(expected);
      }),
      { numRuns: 15 },
    );
  });
});
