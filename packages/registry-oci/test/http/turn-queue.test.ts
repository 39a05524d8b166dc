import fc from "fast-check";
import { expect, it } from "vitest";
import { createTurnQueue } from "../../src/http/turn-queue.js";

/** The order in which calls get their turn, by whom they are for. */
async function orderOf(calls: readonly string[]): Promise<readonly string[]> {
  const queue = createTurnQueue();
  const order: string[] = [];
  const waits = calls.map(async (of, index) => {
    await queue.wait({ of });
    order.push(`${of}${index}`);
  });
  while (queue.callNext()) await Promise.resolve();
  await Promise.all(waits);
  expect(queue.isEmpty()).toBe(true);
  return order;
}

it.each([
  [["a", "a", "a", "b"], "a0 b3 a1 a2"],
  [["a", "a", "b", "c", "b", "a"], "a0 b2 c3 a1 b4 a5"],
  [["a"], "a0"],
  [[], ""],
])("gives turns to %j in the order %s", async (calls, order) => {
  expect((await orderOf(calls)).join(" ")).toBe(order);
});

it("makes nobody wait longer than for one call of everybody else", async () => {
  const name = fc.constantFrom("a", "b", "c", "d");
  await fc.assert(
    fc.asyncProperty(fc.array(name, { maxLength: 40 }), async (calls) => {
      const order = await orderOf(calls);
      expect(order.toSorted()).toEqual(calls.map((of, index) => `${of}${index}`).toSorted());
      for (const of of new Set(calls)) {
        const first = order.findIndex((call) => call.startsWith(of));
        expect(first).toBeLessThan(new Set(calls).size);
        const own = order.filter((call) => call.startsWith(of));
        const numbers = own.map((call) => Number(call.slice(1)));
        expect(numbers).toEqual(numbers.toSorted((one, other) => one - other));
      }
    }),
  );
});

it("lets those go who are given up, and calls the next instead", async () => {
  const queue = createTurnQueue();
  const controller = new AbortController();
  const { signal } = controller;
  const givenUp = [queue.wait({ signal }), queue.wait({ signal, of: "b" })];
  const patient = queue.wait({ of: "c" });
  controller.abort();
  await expect(Promise.all(givenUp)).resolves.toEqual([false, false]);
  expect(queue.callNext()).toBe(true);
  await expect(patient).resolves.toBe(true);
  expect(queue.callNext()).toBe(false);
  await expect(queue.wait({ signal })).resolves.toBe(false);
  expect(queue.isEmpty()).toBe(true);
});

it("stops the deadline of a call as long as it waits, however that ends", async () => {
  const queue = createTurnQueue();
  let paused = 0;
  const pauseDeadline = (): (() => void) => {
    paused += 1;
    return () => {
      paused -= 1;
    };
  };
  const controller = new AbortController();
  const called = queue.wait({ pauseDeadline });
  const givenUp = queue.wait({ pauseDeadline, signal: controller.signal });
  expect(paused).toBe(2);
  queue.callNext();
  await called;
  expect(paused).toBe(1);
  controller.abort();
  await givenUp;
  expect(paused).toBe(0);
});
