import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { appendDeltas } from "../../src/objects/append-deltas.js";
import { applyDelta } from "../../src/objects/apply-delta.js";
import { objectId } from "../../src/objects/object-id.js";
import { readPackEntry } from "../../src/objects/pack-entry.js";
import { spliceTree } from "../../src/objects/splice-tree.js";
import { encodeTreeDelta } from "../../src/objects/tree-delta.js";
import { startGitServer, type GitTestServer } from "../../src/testing/index.js";
import { writePack } from "./pack-fixture.js";
import { runsOf } from "../../../../test/setup/whole.js";

/** Files in Git's order, with an id each that no other has. */
function treeOf(count: number): Uint8Array {
  const entries = Array.from({ length: count }, (_, index) => [
    Buffer.from(`100644 ${nameOf(index)}\0`),
    Buffer.from(index.toString(16).padStart(40, "a"), "hex"),
  ]);
  return Buffer.concat(entries.flat());
}

function nameOf(index: number): string {
  return `file-${String(index).padStart(6, "0")}.yaml`;
}

function set(tree: Uint8Array, name: string, digit: string): Uint8Array {
  return spliceTree(tree, name, { mode: "100644", oid: digit.repeat(40) });
}

const edit = fc.record({
  name: fc.oneof(
    fc.nat(4000).map((index) => nameOf(index)),
    fc.stringMatching(/^[a-z]{1,300}$/u),
  ),
  digit: fc.constantFrom("0", "1", "2", "f"),
});
const size = fc.nat(3000);
const edits = fc.array(edit, { maxLength: 12 });

function edited(base: Uint8Array, changes: readonly { name: string; digit: string }[]): Uint8Array {
  return changes.reduce((tree, { name, digit }) => set(tree, name, digit), base);
}

describe("the difference of two trees", () => {
  it("makes the one of the other, and is as large as what changed", () => {
    fc.assert(
      fc.property(size, edits, (count, changes) => {
        const base = treeOf(count);
        const tree = edited(base, changes);
        const delta = encodeTreeDelta(base, tree);
        expect(applyDelta(base, delta, tree.length).equals(tree)).toBe(true);
        const inserted = changes.reduce((sum, { name }) => sum + name.length + 40, 0);
        // Copies of up to 64 KiB, and one more at each change.
        expect(delta.length).toBeLessThan(inserted * 1.1 + 7 * (changes.length + 4) + 8);
      }),
      { numRuns: 40 },
    );
  });

  it("is right whatever the bytes are", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.array(fc.constantFrom(0, 1, 32, 97), { maxLength: 300 }).map((list) => Buffer.from(list)),
    );
    fc.assert(
      fc.property(bytes, bytes, fc.boolean(), (base, other, isLonger) => {
        const tree = isLonger ? Buffer.concat([base, other, base]) : other;
        const delta = encodeTreeDelta(base, tree);
        expect(applyDelta(base, delta, tree.length).equals(tree)).toBe(true);
      }),
      { numRuns: runsOf(1000) },
    );
  });

  it.each([
    ["nothing was there", 0, 5],
    ["nothing is left", 5, 0],
    ["nothing changed", 3000, 3000],
    ["all but the first were removed", 3000, 1],
  ])("is right where %s", (_title, before, after) => {
    const [base, tree] = [treeOf(before), treeOf(after)];
    const delta = encodeTreeDelta(base, tree);
    expect(applyDelta(base, delta, tree.length).equals(tree)).toBe(true);
  });
});

describe("a pack with such differences", () => {
  it("says how large they are, and what they are made from", () => {
    const base = "0123456789abcdef".repeat(2).padEnd(40, "7");
    fc.assert(
      fc.property(fc.nat(2 ** 17), (length) => {
        const pack = appendDeltas(writePack([]), [{ base, delta: new Uint8Array(length) }]);
        const entry = readPackEntry(pack, 12);
        expect(entry).toMatchObject({ size: length, kind: { baseOid: base } });
      }),
    );
  });

  let server: GitTestServer;
  let count = 0;
  beforeAll(async () => {
    server = await startGitServer();
  });
  afterAll(() => server.close());

  // The two ways in which a server takes a pack in.
  it.each([
    ["index-pack", ["index-pack", "--stdin", "--fix-thin"]],
    ["unpack-objects", ["unpack-objects", "-q"]],
  ])("is taken by git %s where the trees are that it was made from", async (_name, command) => {
    const run = async (
      sizes: readonly number[],
      changes: readonly { name: string; digit: string }[],
    ): Promise<void> => {
      count += 1;
      const name = `thin-${count}`;
      await server.createRepository(name);
      const bases = sizes.map((entries) => treeOf(entries));
      const trees = bases.map((base) => edited(base, changes));
      for (const base of bases) {
        await server.git(name, ["hash-object", "-t", "tree", "-w", "--stdin"], base);
      }
      const deltas = bases.map((base, index) => ({
        base: objectId({ type: "tree", content: base }),
        delta: encodeTreeDelta(base, trees[index] ?? new Uint8Array()),
      }));
      await server.git(name, command, appendDeltas(writePack([]), deltas));
      for (const tree of trees) {
        const oid = objectId({ type: "tree", content: tree });
        const taken = await server.git(name, ["cat-file", "tree", oid]);
        expect(taken.equals(tree)).toBe(true);
      }
    };
    const sizes = fc.uniqueArray(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 3 });
    const some = fc.array(edit, { minLength: 1, maxLength: 12 });
    await fc.assert(fc.asyncProperty(sizes, some, run), { numRuns: 5 });
  });
});
