import type { CancelSignal } from "../ports/cancel-signal.js";

/** The part of a host's signal that tells of its end. */
interface AbortEvents {
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** Calls the listener once the signal is aborted; answers how to stop waiting for that. */
export function onAbort(signal: CancelSignal | undefined, listener: () => void): () => void {
  const events: object | undefined = signal;
  if (events === undefined || !isAbortEvents(events)) return () => undefined;
  events.addEventListener("abort", listener);
  return () => {
    events.removeEventListener("abort", listener);
  };
}

function isAbortEvents(value: object): value is AbortEvents {
  return (
    "addEventListener" in value &&
    typeof value.addEventListener === "function" &&
    "removeEventListener" in value
  );
}
