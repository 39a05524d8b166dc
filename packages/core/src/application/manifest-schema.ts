import { z } from "zod";

const helmParameter = z.looseObject({
  name: z.string().catch(""),
  value: z.string().optional().catch(undefined),
  forceString: z.boolean().optional().catch(undefined),
});

const source = z.looseObject({
  repoURL: z.string().optional(),
  path: z.string().optional(),
  targetRevision: z.string().optional(),
  chart: z.string().optional(),
  helm: z.looseObject({ parameters: z.array(helmParameter).nullish() }).nullish(),
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
    namespace: z.string().optional(),
    annotations: z.record(z.string(), z.string()).nullish(),
  }),
  spec: z.looseObject({
    project: z.string().optional(),
    source: source.nullish(),
    sources: z.array(source).nullish(),
    sourceHydrator: z.looseObject({ drySource: source }).nullish(),
  }),
  status: z
    .looseObject({
      sourceType: z.string().optional(),
      sourceTypes: z.array(z.string()).nullish(),
      summary: z.looseObject({ images: z.array(z.string()).nullish() }).nullish(),
    })
    .nullish(),
});

/** The fields of an Application manifest that this SDK reads, decoded. */
export interface DecodedManifest {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly annotations: Readonly<Record<string, string>>;
  readonly source: DecodedSource | undefined;
  readonly sources: readonly DecodedSource[];
  readonly drySource: DecodedSource | undefined;
  readonly sourceType: string | undefined;
  readonly sourceTypes: readonly string[];
  /** Undefined when the Application has no status at all. */
  readonly liveImages: readonly string[] | undefined;
}

/** One source of an Application. A block that is absent is undefined. */
export interface DecodedSource {
  readonly repositoryUrl: string;
  readonly path: string;
  readonly targetRevision: string;
  readonly chart: string | undefined;
  readonly helmParameters:
    | readonly { readonly name: string; readonly value: string; readonly forceString?: boolean }[]
    | undefined;
  readonly kustomizeImages: readonly string[] | undefined;
  readonly pluginEnv: readonly { readonly name: string; readonly value: string }[] | undefined;
}

/** A field that is not what it should be. */
export interface ManifestProblem {
  readonly field: string;
  readonly problem: string;
}

/** Decodes a manifest, or says which fields are wrong. */
export function decodeManifest(
  value: unknown,
):
  | { readonly manifest: DecodedManifest }
  | { readonly problems: readonly [ManifestProblem, ...ManifestProblem[]] } {
  const decoded = manifest.safeParse(value);
  if (!decoded.success) {
    const problems = decoded.error.issues.map((issue) => ({
      field: issue.path.join("."),
      problem: issue.message,
    }));
    const [first = { field: "", problem: "not an Application" }, ...rest] = problems;
    return { problems: [first, ...rest] };
  }
  const { metadata, spec, status } = decoded.data;
  return {
    manifest: {
      name: metadata.name,
      namespace: metadata.namespace === "" ? undefined : metadata.namespace,
      annotations: metadata.annotations ?? {},
      source: spec.source ? decodeSource(spec.source) : undefined,
      sources: spec.sources?.map(decodeSource) ?? [],
      drySource: spec.sourceHydrator ? decodeSource(spec.sourceHydrator.drySource) : undefined,
      sourceType: status?.sourceType,
      sourceTypes: status?.sourceTypes ?? [],
      liveImages: status?.summary?.images ?? (status?.summary ? [] : undefined),
    },
  };
}

function decodeSource(fields: z.infer<typeof source>): DecodedSource {
  return {
    repositoryUrl: fields.repoURL ?? "",
    path: fields.path ?? "",
    targetRevision: fields.targetRevision ?? "",
    chart: fields.chart === "" ? undefined : fields.chart,
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
  };
}
