/**
 * Decides which of several replicas works.
 */
export interface Leadership {
  /**
   * Calls `work` each time the lead is won, with a signal that is aborted when it is lost or `signal`
   * is, and one that is aborted only when it is lost: until then, what was begun may be finished. Ends
   * with `signal`, after `work`.
   */
  lead(work: Work, signal: AbortSignal): Promise<void>;
}

/** What the leader does. */
export type Work = (signal: AbortSignal, lost: AbortSignal) => Promise<void>;

/** Leads always: for a controller that is alone. */
export function aloneInTheLead(): Leadership {
  return { lead: (work, signal) => work(signal, new AbortController().signal) };
}
