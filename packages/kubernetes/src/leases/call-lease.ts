import { withDeadline, type CancelSignal, type Deadline } from "@image-updater/core";
import { KubernetesError } from "../api/kubernetes-error.js";

/**
 * Ends a call about the lease when there is no time left, or its signal is aborted: also one of an API that
 * does not listen to its signal.
 *
 * @throws KubernetesError `timeout` or `cancelled`.
 */
export function callLease<T>(
  limits: Pick<Deadline, "clock" | "ms" | "signal">,
  call: (signal: CancelSignal) => Promise<T>,
): Promise<T> {
  return withDeadline({ ...limits, failure }, ({ signal }) => call(signal));
}

function failure(code: "timeout" | "cancelled"): KubernetesError {
  return new KubernetesError(code, FAILURES[code]);
}

const FAILURES = {
  timeout: "the Kubernetes API did not answer about the lease before its deadline",
  cancelled: "the call about the lease was cancelled",
} as const;
