import { expect, it } from "vitest";
import { createRepositoryMemories } from "../../src/repository/repository-memory.js";

const HOUR_MS = 60 * 60 * 1000;

function memories(): {
  readonly open: ReturnType<typeof createRepositoryMemories>;
  pass(ms: number): void;
} {
  let time = 0;
  const clock = { now: () => new Date(time) };
  return {
    open: createRepositoryMemories({ cacheBytes: 10_000, clock }),
    pass: (ms) => {
      time += ms;
    },
  };
}

it("knows servers by all parts of their key, for an hour after the first word", () => {
  const { open, pass } = memories();
  open("a", "token").learn({ base: "x" });
  pass(HOUR_MS - 1);
  open("a", "token").learn({ isVisited: true });
  expect(open("a", "token").server()).toEqual({ base: "x", isVisited: true, refused: [] });
  const stranger = { isVisited: false, refused: [] };
  expect(open("a", "another").server()).toEqual(stranger);
  expect(open("a", undefined).server()).toEqual(stranger);
  expect(open("a token").server()).toEqual(stranger);
  pass(1);
  expect(open("a", "token").server()).toEqual(stranger);
});

it("forgets a server when told, and the oldest of a thousand", () => {
  const { open } = memories();
  open("a").learn({ base: "x" });
  open("a").forget();
  expect(open("a").server().base).toBeUndefined();
  for (let index = 0; index <= 1000; index += 1) open(String(index)).learn({ base: "x" });
  expect(["0", "1", "1000"].map((key) => open(key).server().base)).toEqual([undefined, "x", "x"]);
});

it("keeps objects apart by the same key", () => {
  const { open } = memories();
  open("a", "token").objects.set("1", { type: "blob", content: Buffer.from("x") });
  expect(open("a", "token").objects.get("1")).toBeDefined();
  expect(open("a", "another").objects.get("1")).toBeUndefined();
});
