import { prefixed } from "../annotations/annotate.js";

/** An Application's manifest; what is not given is that of a plain one with `image-list: web=nginx:1.x`. */
export function manifestOf(
  fields: {
    readonly annotations?: Readonly<Record<string, unknown>> | undefined;
    readonly metadata?: object | undefined;
    readonly spec?: object | undefined;
    readonly status?: unknown;
  } = {},
): object {
  const { annotations = { "image-list": "web=nginx:1.x" }, metadata, spec, ...rest } = fields;
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: {
      name: "shop",
      namespace: "team-a",
      annotations: { "example.com/owner": "me", ...annotated(annotations) },
      ...metadata,
    },
    spec: spec ?? {
      project: "default",
      source: { repoURL: "https://git.test/a.git", path: "app", helm: {} },
    },
    ...rest,
  };
}

/** With upstream's prefix, where a key has not one of our own. */
function annotated(settings: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const isOwn = ([key]: readonly [string, unknown]): boolean =>
    key.startsWith("image-updater.dev/");
  const entries = Object.entries(settings);
  return {
    ...prefixed(Object.fromEntries(entries.filter((entry) => !isOwn(entry)))),
    ...Object.fromEntries(entries.filter(isOwn)),
  };
}
