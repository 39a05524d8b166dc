import { onTestFinished } from "vitest";
import { kubernetesApi, type KubernetesApi, type KubernetesApiSettings } from "../../src/index.js";
import {
  startKubernetesApi,
  type KubernetesTestApi,
  type KubernetesTestOptions,
} from "../../src/testing/index.js";
import { kubeConfigOf } from "./kube-config.js";
import { createQuickClock } from "./quick-clock.js";

/** A server for one test, and a client of it, whose waits between attempts are over at once. */
export async function startServer(
  options?: KubernetesTestOptions,
  settings?: KubernetesApiSettings,
): Promise<{ readonly server: KubernetesTestApi; readonly api: KubernetesApi }> {
  const server = await startKubernetesApi(options);
  onTestFinished(() => server.close());
  const quick = { clock: createQuickClock(), ...settings };
  return { server, api: kubernetesApi(kubeConfigOf(server.kubeconfig()), quick) };
}

/** Reads a watch step by step; it is stopped when the test ends. */
export function follow<T>(start: (signal: AbortSignal) => AsyncIterable<T>): {
  next(): Promise<T>;
  stop(): Promise<void>;
} {
  const controller = new AbortController();
  const changes = start(controller.signal)[Symbol.asyncIterator]();
  const stop = async (): Promise<void> => {
    controller.abort();
    for (let ended = false; !ended;) ended = (await changes.next()).done === true;
  };
  onTestFinished(() => controller.abort());
  return {
    stop,
    async next(): Promise<T> {
      const result = await changes.next();
      if (result.done === true) throw new Error("the watch ended although nobody stopped it");
      return result.value;
    },
  };
}

/** What a promise was rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it was not rejected");
}
