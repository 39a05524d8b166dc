import { expect, it } from "vitest";
import { mapBounded } from "../../src/update/bounded.js";

it.each([
  [0, 1],
  [1, 1],
  [3, 3],
  [50, 7],
])("runs at most %i at the same time", async (limit, most) => {
  let running = 0;
  let highest = 0;
  const items = [5, 1, 4, 2, 3, 7, 6];
  const doubled = await mapBounded(items, limit, async (item, index) => {
    running += 1;
    highest = Math.max(highest, running);
    await new Promise((resolve) => {
      setTimeout(resolve, item);
    });
    running -= 1;
    return [item * 2, index];
  });
  expect(doubled).toEqual(items.map((item, index) => [item * 2, index]));
  expect(highest).toBe(most);
});

it("answers nothing for nothing", async () => {
  expect(await mapBounded([], 3, () => Promise.reject(new Error("no")))).toEqual([]);
});

it("takes undefined for an item", async () => {
  expect(await mapBounded([undefined, 1], 1, (item) => Promise.resolve(item ?? "none"))).toEqual([
    "none",
    1,
  ]);
});
