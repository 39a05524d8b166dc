import { expect, it } from "vitest";
import { createSharedPause } from "../../src/http/shared-pause.js";
import { createSingleFlight } from "../../src/http/single-flight.js";

interface Deadline {
  readonly pause: () => () => void;
  isPaused(): boolean;
}

function createDeadline(): Deadline {
  let pauses = 0;
  return {
    isPaused: () => pauses > 0,
    pause: () => {
      pauses += 1;
      return () => {
        pauses -= 1;
      };
    },
  };
}

it("pauses everybody who is there, and who comes meanwhile", () => {
  const shared = createSharedPause();
  const [early, late] = [createDeadline(), createDeadline()];
  shared.join(early.pause);
  const goOn = shared.begin();
  const other = shared.begin();
  shared.join(late.pause);
  shared.join(undefined);
  expect([early.isPaused(), late.isPaused()]).toEqual([true, true]);
  goOn();
  goOn();
  expect([early.isPaused(), late.isPaused()]).toEqual([true, true]);
  other();
  expect([early.isPaused(), late.isPaused()]).toEqual([false, false]);
});

it("lets a deadline go on that leaves", () => {
  const shared = createSharedPause();
  const deadline = createDeadline();
  const leave = shared.join(deadline.pause);
  const goOn = shared.begin();
  leave();
  expect(deadline.isPaused()).toBe(false);
  goOn();
  shared.begin();
  expect(deadline.isPaused()).toBe(false);
});

it("is shared by all callers of one piece of work", async () => {
  const flights = createSingleFlight<string>();
  const deadlines = [createDeadline(), createDeadline()];
  let turn = (): void => {};
  let answer = (): void => {};
  const callers = deadlines.map(({ pause }) =>
    flights.run(
      "a",
      async ({ pauseDeadline }) => {
        const goOn = pauseDeadline?.();
        await new Promise<void>((resolve) => {
          turn = resolve;
        });
        goOn?.();
        await new Promise<void>((resolve) => {
          answer = resolve;
        });
        return "done";
      },
      { pauseDeadline: pause },
    ),
  );
  await Promise.resolve();
  expect(deadlines.map(({ isPaused }) => isPaused())).toEqual([true, true]);
  turn();
  await new Promise((resolve) => setImmediate(resolve));
  expect(deadlines.map(({ isPaused }) => isPaused())).toEqual([false, false]);
  answer();
  await expect(Promise.all(callers)).resolves.toEqual(["done", "done"]);
});
