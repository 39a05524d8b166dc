import { z } from "zod";

type Text = Readonly<Record<string, string>>;

/** What every object says of itself. */
export interface ObjectMetadata {
  readonly [key: string]: unknown;
  readonly name?: string | undefined;
  readonly generateName?: string | undefined;
  readonly namespace?: string | undefined;
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly generation?: number | undefined;
  readonly creationTimestamp?: string | null | undefined;
  readonly deletionTimestamp?: string | null | undefined;
  readonly labels?: Text | null | undefined;
  readonly annotations?: Text | null | undefined;
  readonly finalizers?: readonly string[] | null | undefined;
}

/** An object of the cluster, as JSON. */
export interface KubernetesObject {
  readonly [key: string]: unknown;
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMetadata;
}

const text = z.record(z.string(), z.string());

const schema: z.ZodType<KubernetesObject> = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string().optional(),
    generateName: z.string().optional(),
    namespace: z.string().optional(),
    uid: z.string().optional(),
    resourceVersion: z.string().optional(),
    generation: z.number().optional(),
    creationTimestamp: z.string().nullish(),
    deletionTimestamp: z.string().nullish(),
    labels: text.nullish(),
    annotations: text.nullish(),
    finalizers: z.array(z.string()).nullish(),
  }),
});

/** Which object. */
export interface ObjectName {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** The value as an object of the cluster; `undefined` when it lacks what every object has. */
export function parseObject(value: unknown): KubernetesObject | undefined {
  return schema.safeParse(value).data;
}

/** `namespace/name`. */
export function keyOf({ metadata }: KubernetesObject): string {
  return `${metadata.namespace ?? ""}/${metadata.name ?? ""}`;
}
