import type { TurnCall } from "./call.js";
import { createTurnQueue, type TurnQueue } from "./turn-queue.js";

/** Bounds how much runs at the same time for one key. */
export interface ConcurrencyGate {
  /** Waits for a place, in turn; `undefined` when the call's signal was aborted meanwhile. */
  enter(key: string, call?: TurnCall): Promise<Leave | undefined>;
}

/** Gives the place to the next in the queue; to be called once. */
export type Leave = () => void;

interface Room {
  running: number;
  readonly queue: TurnQueue;
}

/** A gate with `places` places for each key. */
export function createConcurrencyGate(places: number): ConcurrencyGate {
  const rooms = new Map<string, Room>();

  function leave(key: string, room: Room): void {
    if (room.queue.callNext()) return;
    room.running -= 1;
    if (room.running === 0) rooms.delete(key);
  }

  return {
    async enter(key, call = {}): Promise<Leave | undefined> {
      if (call.signal?.aborted === true) return undefined;
      const room = rooms.get(key) ?? { running: 0, queue: createTurnQueue() };
      rooms.set(key, room);
      if (room.running < places) room.running += 1;
      else if (!(await room.queue.wait(call))) return undefined;
      return () => leave(key, room);
    },
  };
}
