import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/system/system-clock.js";
import { createTestClock } from "../../src/testing/index.js";
import { withDeadline, type Deadline } from "../../src/update/deadline.js";

const never = (): Promise<never> => new Promise(() => undefined);

function deadline(more: Partial<Deadline> & Pick<Deadline, "clock">): Deadline {
  return { ms: 1000, failure: (code) => new Error(code), ...more };
}

describe("a deadline", () => {
  it("gives the answer, and leaves no delay", async () => {
    const clock = createTestClock();
    expect(await withDeadline(deadline({ clock }), () => Promise.resolve(7))).toBe(7);
    expect(clock.pending).toBe(0);
  });

  it.each([
    ["rejects", (): Promise<never> => Promise.reject(new Error("no"))],
    [
      "throws",
      (): Promise<never> => {
        throw new Error("no");
      },
    ],
  ])("gives the error when the work %s, and leaves no delay", async (_name, work) => {
    const clock = createTestClock();
    await expect(withDeadline(deadline({ clock }), work)).rejects.toThrow("no");
    expect(clock.pending).toBe(0);
  });

  it("ends the wait when its time is over, not before", async () => {
    const clock = createTestClock();
    const waiting = withDeadline(deadline({ clock }), never);
    clock.advance(999);
    expect(clock.pending).toBe(1);
    clock.advance(1);
    await expect(waiting).rejects.toThrow("timeout");
    expect(clock.pending).toBe(0);
  });

  it("does not mind a late failure of the work", async () => {
    const clock = createTestClock();
    let fail: (error: Error) => void = () => undefined;
    const work = (): Promise<never> =>
      new Promise((_resolve, reject) => {
        fail = reject;
      });
    const waiting = withDeadline(deadline({ clock }), work);
    clock.advance(1000);
    await expect(waiting).rejects.toThrow("timeout");
    fail(new Error("late"));
    await new Promise((resolve) => setImmediate(resolve));
  });

  it("does not begin with an aborted signal", async () => {
    const clock = createTestClock();
    let begun = false;
    const waiting = withDeadline(deadline({ clock, signal: AbortSignal.abort() }), () => {
      begun = true;
      return never();
    });
    await expect(waiting).rejects.toThrow("cancelled");
    expect(begun).toBe(false);
  });

  it("ends with its signal, and listens to it no longer", async () => {
    const clock = createTestClock();
    const controller = new AbortController();
    const waiting = withDeadline(deadline({ clock, signal: controller.signal }), never);
    controller.abort();
    await expect(waiting).rejects.toThrow("cancelled");
    expect(clock.pending).toBe(0);
  });

  it("may be longer than timers can be", async () => {
    const slow = (): Promise<string> =>
      new Promise((resolve) => {
        setTimeout(() => resolve("done"), 20);
      });
    const clock = systemClock();
    expect(await withDeadline(deadline({ clock, ms: Infinity }), slow)).toBe("done");
  });

  it("leaves the host no timer that would hold the process open", async () => {
    const timers = (): number =>
      process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
    const before = timers();
    const during: number[] = [];
    const hour = deadline({ clock: systemClock(), ms: 3_600_000 });
    await withDeadline(hour, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      during.push(timers());
    });
    expect(during).toEqual([before + 1]);
    expect(timers()).toBe(before);
  });
});
