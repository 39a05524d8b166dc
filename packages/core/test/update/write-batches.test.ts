import { describe, expect, it } from "vitest";
import type { WriteBackChange, WriteResult } from "../../src/ports/write-back-target.js";
import { createTestClock } from "../../src/testing/index.js";
import { createWriteBatches, type WriteBatches } from "../../src/update/write-batches.js";

function change(name: string): WriteBackChange {
  const target = { kind: "override" } as const;
  const application = { name, namespace: "argocd" };
  return { application, settings: { method: "git", target }, edits: [], message: name };
}

/** Batches whose writes end when the test says so; `written` has one line per write. */
function open(waitMs = 1000) {
  const clock = createTestClock();
  const written: string[] = [];
  const ends: (() => void)[] = [];
  const batches = createWriteBatches<WriteBackChange, WriteResult>({
    clock,
    waitMs,
    write(changes) {
      written.push(changes.map(({ message }) => message).join("+"));
      const end = new Promise<void>((resolve) => {
        ends.push(resolve);
      });
      return changes.map(async ({ message }): Promise<WriteResult> => {
        await end;
        return { kind: "written", revision: message, paths: [] };
      });
    },
  });
  return { clock, written, batches, endWrite: () => ends.shift()?.() };
}

function expectAll(
  batches: WriteBatches<WriteBackChange, WriteResult>,
  branch: string,
  count: number,
): void {
  for (let index = 0; index < count; index += 1) batches.expect(branch);
}

/** Lets promises that are over be heard. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe("what is decided for a branch", () => {
  it("is written together as soon as all of it is decided, without a wait", async () => {
    const { batches, written, clock } = open();
    expectAll(batches, "main", 3);
    void batches.settle("main", change("a"));
    expect(batches.settle("main", undefined)).toBeUndefined();
    await settled();
    expect(written).toEqual([]);
    void batches.settle("main", change("b"));
    expect(written).toEqual(["a+b"]);
    expect(clock.pending).toBe(0);
  });

  it("is written when the last one turns out to have nothing to write", () => {
    const { batches, written } = open();
    expectAll(batches, "main", 2);
    void batches.settle("main", change("a"));
    void batches.settle("main", undefined);
    expect(written).toEqual(["a"]);
  });

  it("does not wait for another branch", () => {
    const { batches, written } = open();
    expectAll(batches, "main", 1);
    expectAll(batches, "next", 1);
    void batches.settle("main", change("a"));
    expect(written).toEqual(["a"]);
  });

  it("is written without those that take long, once the wait is over", async () => {
    const { batches, written, clock } = open();
    expectAll(batches, "main", 3);
    void batches.settle("main", change("a"));
    clock.advance(999);
    void batches.settle("main", change("b"));
    clock.advance(999);
    await settled();
    expect(written).toEqual([]);
    clock.advance(1);
    await settled();
    expect(written).toEqual(["a+b"]);
  });

  it("waits ten times at most for decisions that come one by one", async () => {
    const { batches, written, clock } = open();
    expectAll(batches, "main", 100);
    for (let step = 0; step < 13; step += 1) {
      void batches.settle("main", change(String(step)));
      clock.advance(900);
      await settled();
    }
    expect(written).toEqual(["0+1+2+3+4+5+6+7+8+9+10+11"]);
  });

  it("goes with the next write while one is under way", async () => {
    const { batches, written, endWrite } = open();
    expectAll(batches, "main", 2);
    const first = batches.settle("main", undefined);
    expect(first).toBeUndefined();
    void batches.settle("main", change("a"));
    expectAll(batches, "main", 2);
    void batches.settle("main", change("b"));
    void batches.settle("main", change("c"));
    expect(written).toEqual(["a"]);
    endWrite();
    await settled();
    expect(written).toEqual(["a", "b+c"]);
  });

  it("has its result when its own write ends", async () => {
    const { batches, endWrite } = open();
    expectAll(batches, "main", 1);
    expectAll(batches, "next", 1);
    const main = batches.settle("main", change("a"));
    void batches.settle("next", change("b"));
    endWrite();
    expect(await main).toMatchObject({ kind: "written", revision: "a" });
  });

  it("is written at once with a wait of nothing", async () => {
    const { batches, written } = open(0);
    expectAll(batches, "main", 2);
    void batches.settle("main", change("a"));
    await settled();
    expect(written).toEqual(["a"]);
  });

  it("is written in one go with a wait without end", async () => {
    const { batches, written, clock } = open(Number.POSITIVE_INFINITY);
    expectAll(batches, "main", 2);
    void batches.settle("main", change("a"));
    clock.advance(3_600_000);
    await settled();
    expect(written).toEqual([]);
    void batches.settle("main", change("b"));
    expect(written).toEqual(["a+b"]);
  });
});
