/** A server and who asks it. */
export interface KubeconfigFields {
  readonly url: string;
  readonly token: string;
  /** PEM certificate of the authority, for https. */
  readonly ca?: string | undefined;
}

/** A kubeconfig of one context; JSON, which is YAML too. */
export function formatKubeconfig({ url, token, ca }: KubeconfigFields): string {
  const trust =
    ca === undefined
      ? { "insecure-skip-tls-verify": true }
      : { "certificate-authority-data": Buffer.from(ca).toString("base64") };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "test", cluster: { server: url, ...trust } }],
    users: [{ name: "test", user: { token } }],
    contexts: [{ name: "test", context: { cluster: "test", user: "test", namespace: "argocd" } }],
    "current-context": "test",
  });
}
