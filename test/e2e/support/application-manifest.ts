import {
  formatDiagnostic,
  hasErrors,
  readApplication,
  type Application,
  type ReadApplicationOptions,
} from "@image-updater/core";

const PREFIX = "argocd-image-updater.argoproj.io";

/** The source of an Application, as far as these tests use it. */
export interface ManifestSource {
  readonly repoURL: string;
  readonly path: string;
  readonly targetRevision?: string | undefined;
  readonly helm?:
    | {
        readonly valueFiles?: readonly string[];
        readonly parameters?: readonly { readonly name: string; readonly value: string }[];
        readonly valuesObject?: object;
      }
    | undefined;
  readonly kustomize?: { readonly images: readonly string[] } | undefined;
}

/** An Argo CD Application, as it stands in a cluster or, without a status, in a file. */
export interface ApplicationManifest {
  readonly apiVersion: "argoproj.io/v1alpha1";
  readonly kind: "Application";
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly project: string;
    readonly source: ManifestSource;
    readonly destination: { readonly server: string; readonly namespace: string };
  };
  readonly status?: {
    readonly sourceType: "Helm" | "Kustomize";
    readonly summary: { readonly images: readonly string[] };
    readonly sync?: { readonly status: string };
    readonly health?: { readonly status: string };
  };
}

/** What differs from test to test. */
export interface ManifestSettings {
  readonly name: string;
  /** Default `argocd`. */
  readonly namespace?: string | undefined;
  readonly repositoryUrl: string;
  /** Default `.`. */
  readonly path?: string | undefined;
  /** Target revision of the source. Default `main`; `""` for none. */
  readonly revision?: string | undefined;
  /** Default `Helm`. */
  readonly type?: "Helm" | "Kustomize" | undefined;
  /** What runs; without it the manifest has no status. */
  readonly running?: readonly string[] | undefined;
  /** By their keys without upstream's prefix. Write-back is to Git unless they say otherwise. */
  readonly annotations: Readonly<Record<string, string>>;
  /** More of the source. */
  readonly source?: Partial<ManifestSource> | undefined;
}

/** Builds the manifest of an Application that is written back to Git. */
export function applicationManifest(settings: ManifestSettings): ApplicationManifest {
  const { name, namespace = "argocd", revision = "main", type = "Helm", running } = settings;
  const annotations = { "write-back-method": "git", ...settings.annotations };
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: {
      name,
      namespace,
      annotations: Object.fromEntries(
        Object.entries(annotations).map(([key, value]) => [annotationKey(key), value]),
      ),
    },
    spec: {
      project: "default",
      source: {
        repoURL: settings.repositoryUrl,
        path: settings.path ?? ".",
        ...(revision === "" ? {} : { targetRevision: revision }),
        ...settings.source,
      },
      destination: { server: "https://kubernetes.default.svc", namespace: name },
    },
    ...(running === undefined
      ? {}
      : { status: { sourceType: type, summary: { images: running } } }),
  };
}

/** The full key of an annotation, as diagnostics name it; one with a prefix of its own is whole. */
export function annotationKey(key: string): string {
  return key.includes("/") ? key : `${PREFIX}/${key}`;
}

/** Reads a manifest that is right; a wrong one fails the test. */
export function readManifest(
  manifest: ApplicationManifest,
  options?: ReadApplicationOptions,
): Application {
  const { value, diagnostics } = readApplication(manifest, options);
  if (value !== undefined && !hasErrors(diagnostics)) return value;
  throw new Error(`the manifest is wrong:\n${diagnostics.map(formatDiagnostic).join("\n")}`);
}

/** The same manifest with more annotations, by their keys without the prefix. */
export function withAnnotations(
  manifest: ApplicationManifest,
  more: Readonly<Record<string, string>>,
): ApplicationManifest {
  const added = Object.entries(more).map(([key, value]) => [annotationKey(key), value]);
  const annotations = { ...manifest.metadata.annotations, ...Object.fromEntries(added) };
  return { ...manifest, metadata: { ...manifest.metadata, annotations } };
}
