/** What goes wrong again and again, told once. */
export interface Trouble {
  /** Tells of an error, unless the last one said the same and nothing has gone well since. */
  report(error: unknown): void;
  /** Something went well: the same error is news again. */
  end(): void;
}

/** Nothing has gone wrong yet. */
export function createTrouble(onError: ((error: unknown) => void) | undefined): Trouble {
  let last: string | undefined;
  return {
    report(error): void {
      const text = String(error);
      if (text !== last) onError?.(error);
      last = text;
    },
    end(): void {
      last = undefined;
    },
  };
}
