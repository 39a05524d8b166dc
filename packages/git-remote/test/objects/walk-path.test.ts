import { createHash } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isFolder, spliceTree } from "../../src/objects/splice-tree.js";
import { walkPath, type PathEnd, type PathProblem } from "../../src/objects/walk-path.js";
import { runsOf } from "../../../../test/setup/whole.js";

/** What a folder holds: folders, files (`null`) and symbolic links (their text). */
interface Folder {
  readonly [name: string]: Folder | string | null;
}

const pathProblem: PathProblem = (path) =>
  /[\p{Cc}\\]/u.test(path) || path.split("/").includes(".git") ? "it is not allowed" : undefined;

/** Writes a folder as Git's objects, which are told by a hash of their bytes. */
function store(objects: Map<string, Uint8Array>, folder: Folder): string {
  const put = (bytes: Uint8Array): string => {
    const oid = createHash("sha1").update(bytes).digest("hex");
    objects.set(oid, bytes);
    return oid;
  };
  let tree: Uint8Array = new Uint8Array();
  for (const [name, entry] of Object.entries(folder)) {
    const added =
      entry === null
        ? { mode: "100644", oid: put(Buffer.from("file")) }
        : typeof entry === "string"
          ? { mode: "120000", oid: put(Buffer.from(entry)) }
          : { mode: "40000", oid: store(objects, entry) };
    tree = spliceTree(tree, name, added);
  }
  return put(tree);
}

function walk(folder: Folder, path: string): PathEnd {
  const objects = new Map<string, Uint8Array>();
  const steps = walkPath(store(objects, folder), path, pathProblem);
  let next = steps.next(new Uint8Array());
  while (next.done !== true) next = steps.next(objects.get(next.value.oid) ?? new Uint8Array());
  return next.value;
}

describe("a path in a tree", () => {
  it.each<readonly [string, Folder, string, string | undefined]>([
    ["a file", { a: { b: null } }, "a/b", "a/b"],
    ["a link", { a: "b", b: null }, "a", "b"],
    ["a link beside it", { f: { a: "b", b: null } }, "f/a", "f/b"],
    ["a link up", { f: { a: "../b" }, b: null }, "f/a", "b"],
    ["a link to a folder with a slash", { a: "f/", f: { b: null } }, "a/b", "f/b"],
    ["the root", { a: ".", b: null }, "a/a/b", "b"],
    ["nothing", { a: "n/o" }, "a", "n/o"],
    ["above the root", { a: "..", b: null }, "a/b", undefined],
    ["above the root and back", { f: { a: "../../f/b", b: null } }, "f/a", undefined],
    ["a link that is a file with a slash", { a: "b/", b: null }, "a", undefined],
    ["a link that is longer than a path", { a: `${"./".repeat(2048)}b`, b: null }, "a", undefined],
    ["many steps", { a: "./".repeat(1000), b: null }, "a/b", undefined],
    ["40 links", chain(40), "l0", "end"],
    ["41 links", chain(41), "l0", undefined],
    ["two links that lead to each other", { a: "b", b: "a" }, "a", undefined],
  ])("with %s", (_title, folder, path, expected) => {
    const end = walk(folder, path);
    expect(end.kind === "found" ? end.path : undefined).toBe(expected);
  });

  it.each(["a\0b", "a\nb", "a\\b"])("is not followed to %j", (target) => {
    expect(walk({ a: target }, "a").kind).toBe("refused");
  });

  it.each([
    ["where it is spelled", { ".git": { a: null } }, ".git/a", "it is not allowed"],
    [
      "where a link leads",
      { ".git": { a: null }, b: ".git" },
      "b/a",
      "it leads to .git/a by a symbolic link: it is not allowed",
    ],
    [
      "where a link leads, though nothing is there",
      { b: ".git" },
      "b/a",
      "it leads to .git/a by a symbolic link: it is not allowed",
    ],
  ])("is refused %s", (_title, folder: Folder, path, reason) => {
    expect(walk(folder, path)).toEqual({ kind: "refused", reason });
  });

  it("is not followed to bytes that are not text", () => {
    const steps = walkPath("0".repeat(40), "a", pathProblem);
    const tree = spliceTree(new Uint8Array(), "a", { mode: "120000", oid: "1".repeat(40) });
    steps.next(new Uint8Array());
    steps.next(tree);
    expect(steps.next(Buffer.from([0xff])).value).toMatchObject({ kind: "refused" });
  });

  describe("with links at random", () => {
    let root: string;
    beforeAll(() => {
      root = realpathSync(mkdtempSync(join(tmpdir(), "walk-path-")));
    });
    afterAll(() => rmSync(root, { recursive: true, force: true, maxRetries: 3 }));

    const name = fc.constantFrom("a", "b", "c");
    const target = fc
      .array(fc.constantFrom("a", "b", "c", "..", ".", ""), { minLength: 1, maxLength: 4 })
      .map((parts) => parts.join("/"))
      .filter((text) => text !== "" && !text.startsWith("/"));
    const leaf = fc.oneof(fc.constant(null), target);
    const folder = (depth: number): fc.Arbitrary<Folder> =>
      fc.dictionary(name, depth === 0 ? leaf : fc.oneof(leaf, folder(depth - 1)), {
        maxKeys: 3,
        noNullPrototype: true,
      });
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
    let count = 0;

    it("leads where the operating system says", () => {
      const check = (tree: Folder, query: string): void => {
        count += 1;
        const home = join(root, String(count), "repository");
        write(home, tree);
        const end = walk(tree, query);
        const real = realPathOf(home, query);
        const entry = end.kind === "found" ? end.entry : undefined;
        const found = entry && end.kind === "found" ? [end.path, isFolder(entry.mode)] : undefined;
        expect(found).toEqual(real && [relative(home, real), statSync(real).isDirectory()]);
      };
      fc.assert(fc.property(folder(2), path, check), { numRuns: runsOf(500) });
    });
  });
});

function chain(length: number): Folder {
  const links = Array.from({ length }, (_, index): [string, string] => [
    `l${index}`,
    index === length - 1 ? "end" : `l${index + 1}`,
  ]);
  return { ...Object.fromEntries(links), end: null };
}

function write(home: string, folder: Folder): void {
  mkdirSync(home, { recursive: true });
  for (const [name, entry] of Object.entries(folder)) {
    const place = join(home, name);
    if (entry === null) writeFileSync(place, "file");
    else if (typeof entry === "string") symlinkSync(entry, place);
    else write(place, entry);
  }
}

/** Where a path leads; `undefined` when that is nowhere, or outside. */
function realPathOf(home: string, path: string): string | undefined {
  try {
    // `join` would tidy the path.
    const real = realpathSync.native(`${home}/${path}`);
    return real === home || real.startsWith(`${home}/`) ? real : undefined;
  } catch {
    return undefined;
  }
}
