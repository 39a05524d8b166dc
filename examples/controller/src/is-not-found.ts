import { KubernetesError } from "@image-updater/kubernetes";

/** Whether an API server said that something, or its kind, is not there. */
export function isNotFound(error: unknown): boolean {
  return KubernetesError.is(error) && error.code === "not-found";
}
