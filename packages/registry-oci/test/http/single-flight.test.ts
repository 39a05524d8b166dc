import { expect, it } from "vitest";
import { createSingleFlight, type FlightCall } from "../../src/http/single-flight.js";

interface Work {
  readonly run: (call: FlightCall) => Promise<string>;
  readonly signals: AbortSignal[];
  finish(value: string): void;
}

function createWork(): Work {
  let resolve: (value: string) => void = () => {};
  const promise = new Promise<string>((done) => {
    resolve = done;
  });
  const signals: AbortSignal[] = [];
  return {
    signals,
    finish: (value) => resolve(value),
    run({ signal }): Promise<string> {
      signals.push(signal);
      return promise;
    },
  };
}

it("runs equal work once, and other work beside it", async () => {
  const flights = createSingleFlight<string>();
  const work = createWork();
  const both = Promise.all([flights.run("a", work.run), flights.run("a", work.run)]);
  const other = flights.run("b", async () => "other");
  work.finish("done");
  await expect(both).resolves.toEqual(["done", "done"]);
  await expect(other).resolves.toBe("other");
  expect(work.signals).toHaveLength(1);
});

it("runs again after it has landed, also after a failure", async () => {
  const flights = createSingleFlight<string>();
  await expect(flights.run("a", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  await expect(flights.run("a", async () => "yes")).resolves.toBe("yes");
});

it("lets one caller go without ending the work of the others", async () => {
  const flights = createSingleFlight<string>();
  const work = createWork();
  const controller = new AbortController();
  const impatient = flights.run("a", work.run, { signal: controller.signal });
  const patient = flights.run("a", work.run);
  controller.abort();
  await expect(impatient).resolves.toBeUndefined();
  expect(work.signals[0]?.aborted).toBe(false);
  work.finish("done");
  await expect(patient).resolves.toBe("done");
});

it("ends the work when the last caller has gone, and starts anew for the next", async () => {
  const flights = createSingleFlight<string>();
  const work = createWork();
  const controller = new AbortController();
  const only = flights.run("a", work.run, { signal: controller.signal });
  controller.abort();
  await expect(only).resolves.toBeUndefined();
  expect(work.signals[0]?.aborted).toBe(true);
  await expect(flights.run("a", async () => "new")).resolves.toBe("new");
});
