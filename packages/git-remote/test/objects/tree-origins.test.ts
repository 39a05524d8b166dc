import { describe, expect, it } from "vitest";
import { applyDelta } from "../../src/objects/apply-delta.js";
import { objectId, type GitObject } from "../../src/objects/object-id.js";
import { spliceTree } from "../../src/objects/splice-tree.js";
import { createTreeOrigins, type TreeOrigins } from "../../src/objects/tree-origins.js";

const ENTRY = { mode: "100644", oid: "1".repeat(40) };

function tree(count: number, prefix = "file"): Uint8Array {
  let bytes: Uint8Array = new Uint8Array();
  for (let index = 0; index < count; index += 1) {
    bytes = spliceTree(bytes, `${prefix}-${index}`, ENTRY);
  }
  return bytes;
}

function stage(): {
  readonly origins: TreeOrigins;
  /** Puts an object where objects are found, and answers its id. */
  keep(content: Uint8Array, type?: GitObject["type"]): string;
  write(content: Uint8Array, origin: string | undefined): string;
} {
  const objects = new Map<string, GitObject>();
  const origins = createTreeOrigins((oid) => objects.get(oid));
  const keep = (content: Uint8Array, type: GitObject["type"] = "tree"): string => {
    const oid = objectId({ type, content });
    objects.set(oid, { type, content });
    return oid;
  };
  return {
    origins,
    keep,
    write: (content, origin) => {
      const oid = keep(content);
      origins.add(oid, origin);
      return oid;
    },
  };
}

const OLD = tree(300);
const NEW = spliceTree(OLD, "file-7", { mode: "100644", oid: "2".repeat(40) });
const NEWER = spliceTree(NEW, "file-9", { mode: "100644", oid: "3".repeat(40) });

describe("a tree that was written", () => {
  it("is sent as its difference to the one that it was made from", () => {
    const { origins, keep, write } = stage();
    const base = keep(OLD);
    const found = origins.deltaOf(write(NEW, base));
    expect(found?.base).toBe(base);
    expect(applyDelta(OLD, found?.delta ?? OLD, NEW.length).equals(NEW)).toBe(true);
  });

  it("is sent as its difference to what the server has, whatever was written in between", () => {
    const { origins, keep, write } = stage();
    const base = keep(OLD);
    const found = origins.deltaOf(write(NEWER, write(NEW, base)));
    expect(found?.base).toBe(base);
    expect(applyDelta(OLD, found?.delta ?? OLD, NEWER.length).equals(NEWER)).toBe(true);
  });

  it("is sent whole when it goes back to what the server has, or to nothing", () => {
    const { origins, keep, write } = stage();
    const base = keep(OLD);
    expect(origins.deltaOf(write(OLD, write(NEW, base)))).toBeUndefined();
    const { origins: others, write: writeOther } = stage();
    const first = writeOther(NEW, undefined);
    expect(others.deltaOf(first)).toBeUndefined();
    expect(others.deltaOf(writeOther(NEWER, first))).toBeUndefined();
  });

  it.each([
    ["it is small", tree(50), tree(51)],
    ["most of it is new", OLD, tree(300, "other")],
    ["its folder was small", tree(50), OLD],
  ])("is sent whole when %s", (_title, before, after) => {
    const { origins, keep, write } = stage();
    expect(origins.deltaOf(write(after, keep(before)))).toBeUndefined();
  });

  it("is sent whole when what it was made from is not at hand, or no tree", () => {
    const { origins, keep, write } = stage();
    expect(origins.deltaOf(write(NEW, "1".repeat(40)))).toBeUndefined();
    expect(origins.deltaOf(write(NEW, keep(OLD, "blob")))).toBeUndefined();
  });
});
