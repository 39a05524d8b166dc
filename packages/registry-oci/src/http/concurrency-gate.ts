import type { CancelSignal } from "@image-updater/core";

/** Bounds how much runs at the same time for one key. */
export interface ConcurrencyGate {
  /** Waits for a place, first come first served; `undefined` when `signal` was aborted meanwhile. */
  enter(key: string, signal?: CancelSignal): Promise<Leave | undefined>;
}

/** Gives the place to the next in the queue; to be called once. */
export type Leave = () => void;

interface Queue {
  running: number;
  readonly waiting: Set<() => void>;
}

/** A gate with `places` places for each key. */
export function createConcurrencyGate(places: number): ConcurrencyGate {
  const queues = new Map<string, Queue>();

  function leave(key: string, queue: Queue): void {
    const [next] = queue.waiting;
    if (next !== undefined) {
      queue.waiting.delete(next);
      next();
      return;
    }
    queue.running -= 1;
    if (queue.running === 0) queues.delete(key);
  }

  return {
    async enter(key: string, signal?: CancelSignal): Promise<Leave | undefined> {
      if (signal?.aborted === true) return undefined;
      const queue = queues.get(key) ?? { running: 0, waiting: new Set() };
      queues.set(key, queue);
      if (queue.running < places) queue.running += 1;
      else if (!(await waitForTurn(queue.waiting, signal))) return undefined;
      return () => leave(key, queue);
    },
  };
}

function waitForTurn(waiting: Set<() => void>, signal: CancelSignal | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const start = (): void => {
      signal?.removeEventListener("abort", cancel);
      resolve(true);
    };
    const cancel = (): void => {
      waiting.delete(start);
      resolve(false);
    };
    waiting.add(start);
    signal?.addEventListener("abort", cancel, { once: true });
  });
}
