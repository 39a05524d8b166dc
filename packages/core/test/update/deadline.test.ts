import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/system/system-clock.js";
import { createTestClock } from "../../src/testing/index.js";
import type { CancelSignal } from "../../src/ports/cancel-signal.js";
import { withDeadline, type Deadline, type DeadlineCall } from "../../src/update/deadline.js";
import { onAbort } from "../../src/update/on-abort.js";

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

  it("aborts the call's signal when it is given up, and not before", async () => {
    const clock = createTestClock();
    const seen: boolean[] = [];
    let signal: CancelSignal | undefined;
    const waiting = withDeadline(deadline({ clock }), (call) => {
      signal = call.signal;
      seen.push(call.signal.aborted);
      return never();
    });
    clock.advance(1000);
    await expect(waiting).rejects.toThrow("timeout");
    expect([...seen, signal?.aborted]).toEqual([false, true]);
  });

  it("says that it is over itself, whatever a port says that listens to the signal", async () => {
    const clock = createTestClock();
    const waiting = withDeadline(
      deadline({ clock }),
      ({ signal }) =>
        new Promise((_resolve, reject) => {
          const fail = (): void => reject(new Error("aborted"));
          AbortSignal.any([signal]).addEventListener("abort", fail);
        }),
    );
    clock.advance(1000);
    await expect(waiting).rejects.toThrow("timeout");
  });

  it("waits on where an abort is only told", async () => {
    const clock = createTestClock();
    const controller = new AbortController();
    let finish: (word: string) => void = () => undefined;
    let told = false;
    const settings = deadline({ clock, signal: controller.signal, onAbort: "wait" });
    const waiting = withDeadline(settings, ({ signal }) => {
      onAbort(signal, () => {
        told = true;
      });
      return new Promise<string>((resolve) => {
        finish = resolve;
      });
    });
    controller.abort();
    expect(told).toBe(true);
    finish("written");
    expect(await waiting).toBe("written");
  });
});

describe("time that a call waits for its own turn", () => {
  function start(turnMs?: number) {
    const clock = createTestClock();
    let pause: DeadlineCall["pauseDeadline"] = () => () => undefined;
    let state = "waiting";
    const waiting = withDeadline(deadline({ clock, turnMs }), (call) => {
      pause = call.pauseDeadline;
      return never();
    }).catch((error: unknown) => {
      state = String(error);
    });
    const after = async (ms: number): Promise<string> => {
      clock.advance(ms);
      await new Promise((resolve) => setImmediate(resolve));
      return state;
    };
    return { clock, pause: () => pause(), after, waiting };
  }

  it("does not count, and what was left before is left after it", async () => {
    const { pause, after, clock } = start(100_000);
    expect(await after(600)).toBe("waiting");
    const resume = pause();
    expect(await after(50_000)).toBe("waiting");
    resume();
    expect(await after(399)).toBe("waiting");
    expect(await after(1)).toBe("Error: timeout");
    expect(clock.pending).toBe(0);
  });

  it("may overlap, and be ended twice", async () => {
    const { pause, after } = start(100_000);
    const [first, second] = [pause(), pause()];
    first();
    first();
    expect(await after(5000)).toBe("waiting");
    second();
    expect(await after(1000)).toBe("Error: timeout");
  });

  it("has an end of its own, all turns together", async () => {
    const { pause, after } = start(10_000);
    const resume = pause();
    expect(await after(6000)).toBe("waiting");
    resume();
    pause();
    expect(await after(3999)).toBe("waiting");
    expect(await after(1)).toBe("Error: timeout");
  });

  it("counts where nobody allowed it", async () => {
    const { pause, after } = start();
    pause();
    expect(await after(1000)).toBe("Error: timeout");
  });
});
