/** Runs work, one after the other in each lane. */
export type RunInLane = <T>(lane: string, work: () => Promise<T>) => Promise<T>;

/** Lanes of which at most `limit` move at the same time; a lane that is empty is forgotten. */
export function createLanes(limit: number): RunInLane {
  const ends = new Map<string, Promise<unknown>>();
  const enter = createGate(limit);
  return <T>(lane: string, work: () => Promise<T>): Promise<T> => {
    const before = ends.get(lane) ?? Promise.resolve();
    const result = before.then(() => enter(work));
    const end = result.then(forget, forget);
    ends.set(lane, end);
    function forget(): void {
      if (ends.get(lane) === end) ends.delete(lane);
    }
    return result;
  };
}

/** At most `limit` at the same time, first come, first served. */
function createGate(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = limit;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // The place goes to the next one as it is, so that nobody slips in between.
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
