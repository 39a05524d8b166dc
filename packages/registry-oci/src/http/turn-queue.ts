import type { TurnCall } from "./call.js";

/**
 * Calls that wait for their turn. Those they are for come one after the other, and of each the call that
 * came first: who has a thousand does not hold up who has one.
 */
export interface TurnQueue {
  isEmpty(): boolean;
  /** Whether the turn came: `false` when the call's signal was aborted, and it no longer waits. */
  wait(call: TurnCall): Promise<boolean>;
  /** Gives the next call its turn; `false` when nobody waits. */
  callNext(): boolean;
}

/** A queue in which nobody waits. The deadline of a call stands still while it waits. */
export function createTurnQueue(): TurnQueue {
  // The next in turn stands first.
  const lines = new Map<string, Set<() => void>>();

  function join(of: string, begin: () => void): void {
    const line = lines.get(of) ?? new Set();
    line.add(begin);
    lines.set(of, line);
  }

  function leave(of: string, begin: () => void): void {
    const line = lines.get(of);
    line?.delete(begin);
    if (line?.size === 0) lines.delete(of);
  }

  function waitForTurn({ signal, of = "" }: TurnCall): Promise<boolean> {
    return new Promise((resolve) => {
      const begin = (): void => {
        signal?.removeEventListener("abort", giveUp);
        resolve(true);
      };
      const giveUp = (): void => {
        leave(of, begin);
        resolve(false);
      };
      join(of, begin);
      signal?.addEventListener("abort", giveUp, { once: true });
    });
  }

  return {
    isEmpty: () => lines.size === 0,
    async wait(call): Promise<boolean> {
      if (call.signal?.aborted === true) return false;
      const goOn = call.pauseDeadline?.();
      try {
        return await waitForTurn(call);
      } finally {
        goOn?.();
      }
    },
    callNext(): boolean {
      const [next] = lines;
      if (next === undefined) return false;
      const [of, line] = next;
      const [begin] = line;
      lines.delete(of);
      if (begin !== undefined) line.delete(begin);
      if (line.size > 0) lines.set(of, line);
      begin?.();
      return begin !== undefined;
    },
  };
}
