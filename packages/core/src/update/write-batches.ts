import type { Clock } from "../ports/clock.js";
import { createPlainSource } from "./cancel-source.js";
import { LONGEST_DELAY } from "./deadline.js";

/** Writes what a cycle decides, while the rest is still being decided. */
export interface WriteBatches<T, R> {
  /** Announces an application that may be written to the branch; before any is settled. */
  expect(branch: string): void;
  /** An expected application is decided. What becomes of its change; undefined where it has none. */
  settle(branch: string, change: T | undefined): Promise<R> | undefined;
}

/** Settings of {@link createWriteBatches}. */
export interface WriteBatchesSettings<T, R> {
  readonly clock: Clock;
  /** How long a branch waits for the next decision before what is decided is written, in milliseconds. */
  readonly waitMs: number;
  /** Writes changes of one branch together; one answer per change, none of which rejects. */
  readonly write: (changes: readonly T[]) => readonly Promise<R>[];
}

/** A branch waits at most this many times `waitMs` for applications that are decided one by one. */
const MOST_WAITS = 10;

interface Pending<T, R> {
  readonly change: T;
  readonly written: (result: Promise<R>) => void;
}

interface Branch<T, R> {
  undecided: number;
  pending: Pending<T, R>[];
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
export function createWriteBatches<T, R>({
  clock,
  waitMs,
  write,
}: WriteBatchesSettings<T, R>): WriteBatches<T, R> {
  const branches = new Map<string, Branch<T, R>>();
  const open = (name: string): Branch<T, R> => {
    const branch = branches.get(name) ?? createBranch<T, R>();
    branches.set(name, branch);
    return branch;
  };

  function look(branch: Branch<T, R>): void {
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

  function flush(branch: Branch<T, R>): void {
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
    settle(name, change): Promise<R> | undefined {
      const branch = open(name);
      branch.undecided -= 1;
      if (change === undefined) {
        // Others may have waited for this one alone.
        if (branch.undecided === 0) look(branch);
        return undefined;
      }
      const result = new Promise<R>((resolve) => {
        if (branch.pending.length === 0) branch.since = clock.now().getTime();
        branch.pending.push({ change, written: resolve });
      });
      look(branch);
      return result;
    },
  };
}

function createBranch<T, R>(): Branch<T, R> {
  return { undecided: 0, pending: [], since: 0, isWriting: false, stopWaiting: () => undefined };
}
