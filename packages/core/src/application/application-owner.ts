import { z } from "zod";

/** Who makes an Application, and may put back what others change in it. */
export interface ApplicationOwner {
  readonly kind: "ApplicationSet" | "Application";
  readonly name: string;
}

const reference = z.object({ kind: z.string(), name: z.string(), apiVersion: z.string() });

const owned = z.object({
  metadata: z.object({
    name: z.string().catch(""),
    ownerReferences: z
      .array(reference.catch({ kind: "", name: "", apiVersion: "" }))
      .nullish()
      .catch(undefined),
    annotations: z.record(z.string(), z.unknown()).nullish().catch(undefined),
    labels: z.record(z.string(), z.unknown()).nullish().catch(undefined),
  }),
});

const TRACKING_ID = "argocd.argoproj.io/tracking-id";
const TRACKING_LABEL = "app.kubernetes.io/instance";

/**
 * Finds what owns an Application: the ApplicationSet of its owner references, else the Application
 * that Argo CD tracks it for (an app-of-apps), by tracking annotation or label.
 *
 * Undefined when nothing says so; the manifest is decoded JSON and may be anything.
 */
export function applicationOwner(manifest: unknown): ApplicationOwner | undefined {
  const { data } = owned.safeParse(manifest);
  if (data === undefined) return undefined;
  const { name: self, ownerReferences, annotations, labels } = data.metadata;
  const set = ownerReferences?.find(
    ({ kind, apiVersion }) => kind === "ApplicationSet" && apiVersion.startsWith("argoproj.io/"),
  );
  if (set !== undefined) return { kind: "ApplicationSet", name: set.name };
  const parent = trackedFor(annotations?.[TRACKING_ID]) ?? textOf(labels?.[TRACKING_LABEL]);
  return parent === undefined || parent === self
    ? undefined
    : { kind: "Application", name: parent };
}

/** The first part of `<application>:<group>/<kind>:<namespace>/<name>`. */
function trackedFor(value: unknown): string | undefined {
  return textOf(textOf(value)?.split(":")[0]);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
