/** Decides which of several replicas works. */
export interface Leadership {
  /**
   * Calls `work` each time the lead is won, with a signal that is aborted when it is lost or `signal`
   * is; ends with `signal`, after `work`.
   */
  lead(work: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void>;
}

/** Leads always: for a controller that is alone. */
export function aloneInTheLead(): Leadership {
  return { lead: (work, signal) => work(signal) };
}
