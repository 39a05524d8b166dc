import { z } from "zod";

const text = z.string().nullish();

const helmParameter = z.looseObject({
  name: z.string().catch(""),
  value: z.string().optional().catch(undefined),
  forceString: z.boolean().optional().catch(undefined),
});

const source = z.looseObject({
  name: text,
  ref: text,
  repoURL: text,
  path: text,
  targetRevision: text,
  chart: text,
  helm: z
    .looseObject({
      parameters: z.array(helmParameter).nullish(),
      // Only looked at: what is wrong with them is said by whoever renders.
      fileParameters: z
        .array(z.looseObject({ name: z.string() }))
        .nullish()
        .catch(undefined),
      valueFiles: z.array(z.string()).nullish().catch(undefined),
      values: z.string().nullish().catch(undefined),
      valuesObject: z.record(z.string(), z.unknown()).nullish().catch(undefined),
    })
    .nullish(),
  kustomize: z.looseObject({ images: z.array(z.string()).nullish() }).nullish(),
  plugin: z
    .looseObject({
      env: z.array(z.looseObject({ name: z.string(), value: z.string().catch("") })).nullish(),
    })
    .nullish(),
});

const manifest = z.looseObject({
  kind: z.literal("Application").optional(),
  metadata: z.looseObject({
    name: z.string().min(1),
    namespace: text,
    // Values that are not text are the business of the annotations' parser.
    annotations: z.record(z.string(), z.unknown()).nullish(),
  }),
  spec: z.looseObject({
    project: text,
    source: source.nullish(),
    sources: z.array(source).nullish(),
    sourceHydrator: z.looseObject({ drySource: source }).nullish(),
  }),
  status: z
    .looseObject({
      sourceType: text,
      sourceTypes: z.array(z.string()).nullish(),
      summary: z.looseObject({ images: z.array(z.string()).nullish() }).nullish(),
    })
    .nullish(),
});

const named = z.object({
  metadata: z.object({ name: z.string(), namespace: text.catch(undefined) }),
});

/** The fields of an Application manifest that this SDK reads, decoded. */
export interface DecodedManifest {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly annotations: Readonly<Record<string, unknown>>;
  readonly project: string | undefined;
  readonly source: DecodedSource | undefined;
  readonly sources: readonly DecodedSource[];
  readonly drySource: DecodedSource | undefined;
  readonly sourceType: string | undefined;
  readonly sourceTypes: readonly string[];
  /** Undefined when the Application has no status, or an empty one. */
  readonly liveImages: readonly string[] | undefined;
}

/** What of a Helm block the updater does not write, but what can hide what it writes. */
export interface DecodedHelmValues {
  readonly valueFiles: readonly string[];
  readonly values: string | undefined;
  readonly valuesObject: Readonly<Record<string, unknown>> | undefined;
  /** Names of the parameters that are read from files. */
  readonly fileParameters: readonly string[];
}

/** One source of an Application. A block that is absent is undefined. */
export interface DecodedSource {
  /** What a source of several is called, by its own name or as others refer to it. */
  readonly names: readonly string[];
  readonly repositoryUrl: string;
  readonly path: string;
  readonly targetRevision: string;
  readonly chart: string | undefined;
  readonly helmParameters:
    | readonly { readonly name: string; readonly value: string; readonly forceString?: boolean }[]
    | undefined;
  readonly kustomizeImages: readonly string[] | undefined;
  readonly pluginEnv: readonly { readonly name: string; readonly value: string }[] | undefined;
  /** Whether others of the list read its files, as `$ref/values.yaml`. */
  readonly ref: string | undefined;
  readonly helmValues: DecodedHelmValues;
}

/** A field that is not what it should be. */
export interface ManifestProblem {
  /** As `spec.sources[1].repoURL`; empty for the manifest itself. */
  readonly field: string;
  readonly problem: string;
}

/** Decodes a manifest, or says which fields are wrong. */
export function decodeManifest(
  value: unknown,
): { readonly manifest: DecodedManifest } | { readonly problems: readonly ManifestProblem[] } {
  const decoded = manifest.safeParse(value);
  if (!decoded.success) {
    const problems = decoded.error.issues.map(({ path, message }) => ({
      field: formatField(path),
      problem: message.replace(/^Invalid input: /u, ""),
    }));
    return { problems };
  }
  const { metadata, spec, status } = decoded.data;
  return {
    manifest: {
      name: metadata.name,
      namespace: metadata.namespace || undefined,
      annotations: metadata.annotations ?? {},
      project: spec.project || undefined,
      source: spec.source ? decodeSource(spec.source) : undefined,
      sources: spec.sources?.map(decodeSource) ?? [],
      drySource: spec.sourceHydrator ? decodeSource(spec.sourceHydrator.drySource) : undefined,
      sourceType: status?.sourceType ?? undefined,
      sourceTypes: status?.sourceTypes ?? [],
      liveImages: hasFields(status) ? (status?.summary?.images ?? []) : undefined,
    },
  };
}

/** `namespace/name` or the name of what may be an Application with something else wrong. */
export function nameOfManifest(value: unknown): string | undefined {
  const { data } = named.safeParse(value);
  if (data === undefined) return undefined;
  const { name, namespace } = data.metadata;
  return namespace ? `${namespace}/${name}` : name;
}

function formatField(path: readonly PropertyKey[]): string {
  return path.reduce<string>((field, part) => {
    if (typeof part === "number") return `${field}[${part}]`;
    const name = String(part);
    if (!/^\w+$/u.test(name)) return `${field}[${JSON.stringify(name)}]`;
    return field === "" ? name : `${field}.${name}`;
  }, "");
}

/** `status: {}` is what tools leave of a status that they cut out. */
function hasFields(status: object | null | undefined): boolean {
  return Object.values(status ?? {}).some((value) => value !== undefined);
}

function decodeSource(fields: z.infer<typeof source>): DecodedSource {
  return {
    names: [fields.name, fields.ref].flatMap((name) => name || []),
    repositoryUrl: fields.repoURL ?? "",
    path: fields.path ?? "",
    targetRevision: fields.targetRevision ?? "",
    chart: fields.chart || undefined,
    helmParameters: fields.helm
      ? (fields.helm.parameters ?? []).map(({ name, value = "", forceString }) => ({
          name,
          value,
          ...(forceString === undefined ? {} : { forceString }),
        }))
      : undefined,
    kustomizeImages: fields.kustomize ? (fields.kustomize.images ?? []) : undefined,
    pluginEnv: fields.plugin
      ? (fields.plugin.env ?? []).map(({ name, value }) => ({ name, value }))
      : undefined,
    ref: fields.ref || undefined,
    helmValues: {
      valueFiles: fields.helm?.valueFiles ?? [],
      values: fields.helm?.values ?? undefined,
      valuesObject: fields.helm?.valuesObject ?? undefined,
      fileParameters: (fields.helm?.fileParameters ?? []).map(({ name }) => name),
    },
  };
}
