/** An Application as small as it may be. */
export function application(
  name: string,
  more: { readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> } = {},
): object {
  const { namespace = "argocd", labels } = more;
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: { name, namespace, ...(labels === undefined ? {} : { labels }) },
    spec: {
      project: "default",
      destination: { namespace: name, server: "https://kubernetes.default.svc" },
      source: { repoURL: "https://git.example.com/team/apps.git", path: `apps/${name}` },
    },
  };
}

/** An ImageUpdater resource as small as it may be. */
export function imageUpdater(name: string, namespace = "argocd"): object {
  return {
    apiVersion: "argocd-image-updater.argoproj.io/v1alpha1",
    kind: "ImageUpdater",
    metadata: { name, namespace },
    spec: { applicationRefs: [{ namePattern: "*", useAnnotations: true }] },
  };
}

export function secret(
  name: string,
  stringData: Readonly<Record<string, string>>,
  more: { readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> } = {},
): object {
  const { namespace = "argocd", labels = {} } = more;
  return { apiVersion: "v1", kind: "Secret", metadata: { name, namespace, labels }, stringData };
}

export function configMap(
  name: string,
  data: Readonly<Record<string, string>>,
  namespace = "argocd",
): object {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data };
}

/** The namespaces and names of manifests, sorted. */
export function namesOf(manifests: readonly unknown[]): readonly string[] {
  return manifests
    .map((manifest) => {
      const { metadata } = manifest as { readonly metadata: { namespace: string; name: string } };
      return `${metadata.namespace}/${metadata.name}`;
    })
    .toSorted();
}
