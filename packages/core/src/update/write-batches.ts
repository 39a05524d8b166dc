import type { Clock } from "../ports/clock.js";
import type { WriteBackChange, WriteResult } from "../ports/write-back-target.js";
import { createPlainSource } from "./cancel-source.js";
import { LONGEST_DELAY } from "./deadline.js";

/** Writes what a cycle decides, while the rest is still being decided. */
export interface WriteBatches {
  /** Announces an application that may be written to the branch; before any is settled. */
  expect(branch: string): void;
  /** An expected application is decided. What becomes of its change; undefined where it has none. */
  settle(branch: string, change: WriteBackChange | undefined): Promise<WriteResult> | undefined;
}

/** Settings of {@link createWriteBatches}. */
export interface WriteBatchesSettings {
  readonly clock: Clock;
  /** How long a branch waits for the next decision before what is decided is written, in milliseconds. */
  readonly waitMs: number;
  /** Writes changes of one branch together; one answer per change, none of which rejects. */
  readonly write: (changes: readonly WriteBackChange[]) => readonly Promise<WriteResult>[];
}

/** A branch waits at most this many times `waitMs` for applications that are decided one by one. */
const MOST_WAITS = 10;

interface Pending {
  readonly change: WriteBackChange;
  readonly written: (result: Promise<WriteResult>) => void;
}

interface Branch {
  undecided: number;
  pending: Pending[];
  /** When the first of the pending ones came. */
  since: number;
  isWriting: boolean;
  /** Ends the wait that is under way. */
  stopWaiting: () => void;
}

/**
 * Collects the changes of each branch: they are written as soon as all applications of the branch are
 * decided, and without those that take longer once the wait is over. One write per branch at a time;
 * what is decided meanwhile goes with the next.
 */
export function createWriteBatches({ clock, waitMs, write }: WriteBatchesSettings): WriteBatches {
  const branches = new Map<string, Branch>();
  const open = (name: string): Branch => {
    const branch = branches.get(name) ?? createBranch();
    branches.set(name, branch);
    return branch;
  };

  function look(branch: Branch): void {
    branch.stopWaiting();
    if (branch.isWriting || branch.pending.length === 0) return;
    if (branch.undecided === 0) {
      flush(branch);
      return;
    }
    const waited = clock.now().getTime() - branch.since;
    const left = Math.max(0, Math.min(waitMs, waitMs * MOST_WAITS - waited));
    const wait = createPlainSource();
    branch.stopWaiting = wait.abort;
    const isOver = (): void => {
      if (!wait.signal.aborted) flush(branch);
    };
    void clock.delay(Math.min(left, LONGEST_DELAY), wait.signal).then(isOver, isOver);
  }

  function flush(branch: Branch): void {
    const { pending } = branch;
    branch.pending = [];
    branch.isWriting = true;
    const results = write(pending.map(({ change }) => change));
    for (const [index, { written }] of pending.entries()) {
      const result = results[index];
      if (result !== undefined) written(result);
    }
    const end = (): void => {
      branch.isWriting = false;
      look(branch);
    };
    void Promise.all(results).then(end, end);
  }

  return {
    expect(name): void {
      open(name).undecided += 1;
    },
    settle(name, change): Promise<WriteResult> | undefined {
      const branch = open(name);
      branch.undecided -= 1;
      if (change === undefined) {
        // Others may have waited for this one alone.
        if (branch.undecided === 0) look(branch);
        return undefined;
      }
      const result = new Promise<WriteResult>((resolve) => {
        if (branch.pending.length === 0) branch.since = clock.now().getTime();
        branch.pending.push({ change, written: resolve });
      });
      look(branch);
      return result;
    },
  };
}

function createBranch(): Branch {
  return { undecided: 0, pending: [], since: 0, isWriting: false, stopWaiting: () => undefined };
}
