import { expect, it } from "vitest";
import { createConcurrencyGate } from "../../src/http/concurrency-gate.js";

it("lets in as many as there are places, and the next in its order", async () => {
  const gate = createConcurrencyGate(2);
  const [first] = await Promise.all([gate.enter("a"), gate.enter("a")]);
  const order: string[] = [];
  const third = gate.enter("a").then(() => order.push("third"));
  const fourth = gate.enter("a").then((leave) => {
    order.push("fourth");
    return leave;
  });
  await Promise.resolve();
  expect(order).toEqual([]);
  first?.();
  await third;
  expect(order).toEqual(["third"]);
  const other = await gate.enter("b");
  expect(other).toBeDefined();
  void fourth;
});

it("lets a waiting one go when it is cancelled, without losing a place", async () => {
  const gate = createConcurrencyGate(1);
  const first = await gate.enter("a");
  const controller = new AbortController();
  const cancelled = gate.enter("a", { signal: controller.signal });
  const patient = gate.enter("a");
  controller.abort();
  await expect(cancelled).resolves.toBeUndefined();
  first?.();
  await expect(patient).resolves.toBeDefined();
});

it("does not let in what was cancelled before", async () => {
  const gate = createConcurrencyGate(1);
  await expect(gate.enter("a", { signal: AbortSignal.abort() })).resolves.toBeUndefined();
  await expect(gate.enter("a")).resolves.toBeDefined();
});
