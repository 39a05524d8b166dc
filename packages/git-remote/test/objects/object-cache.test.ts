import { expect, it } from "vitest";
import { createObjectCache } from "../../src/objects/object-cache.js";
import type { GitObject } from "../../src/objects/object-id.js";

const blob = (size: number): GitObject => ({ type: "blob", content: Buffer.alloc(size, "x") });
const sizes = (
  cache: ReturnType<ReturnType<typeof createObjectCache>>,
  ...oids: readonly string[]
): readonly (number | undefined)[] => oids.map((oid) => cache.get(oid)?.content.length);

it("forgets what was not used for longest", () => {
  const cache = createObjectCache(6000)("repository");
  for (const oid of ["a", "b", "c", "d"]) cache.set(oid, blob(1000));
  expect(sizes(cache, "a")).toEqual([1000]);
  cache.set("e", blob(1000));
  // The objects and what it costs to keep them: four fit.
  expect(sizes(cache, "a", "b", "c", "d", "e")).toEqual([1000, undefined, 1000, 1000, 1000]);
});

it("counts what replaces another once", () => {
  const cache = createObjectCache(6000)("repository");
  for (const size of [1000, 900, 1100, 1000]) cache.set("a", blob(size));
  cache.set("b", blob(1000));
  cache.set("c", blob(1000));
  expect(sizes(cache, "a", "b", "c")).toEqual([1000, 1000, 1000]);
});

it("keeps nothing that would push out most of the rest, and nothing at all of no size", () => {
  const cache = createObjectCache(6000)("repository");
  cache.set("large", blob(1300));
  expect(sizes(cache, "large")).toEqual([undefined]);
  const none = createObjectCache(0)("repository");
  none.set("a", blob(0));
  expect(sizes(none, "a")).toEqual([undefined]);
});

it("shows a repository nothing of another one, but counts them together", () => {
  const open = createObjectCache(6000);
  const [one, two] = [open("one"), open("two")];
  one.set("a", blob(1000));
  expect(sizes(two, "a")).toEqual([undefined]);
  for (const oid of ["a", "b", "c", "d"]) two.set(oid, blob(1000));
  expect(sizes(one, "a")).toEqual([undefined]);
});

it("holds on to no memory around an object", () => {
  const cache = createObjectCache(100_000)("repository");
  cache.set("a", { type: "blob", content: Buffer.alloc(1_000_000).subarray(0, 10) });
  expect(cache.get("a")?.content.buffer.byteLength).toBe(10);
});
