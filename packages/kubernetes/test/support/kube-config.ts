import { env } from "node:process";
import type { KubeConfig } from "@kubernetes/client-node";
import type { KubeConfig as KubeConfig2 } from "kubernetes-client-2";

/** The client library under test: 1.x, or 2.x where `KUBERNETES_CLIENT` says so. */
const library: {
  readonly KubeConfig: new () => KubeConfig | KubeConfig2;
} = await import(env["KUBERNETES_CLIENT"] ?? "@kubernetes/client-node");

/** A KubeConfig of the text of a kubeconfig file. */
export function kubeConfigOf(text: string): KubeConfig | KubeConfig2 {
  const kubeConfig = new library.KubeConfig();
  kubeConfig.loadFromString(text);
  return kubeConfig;
}
