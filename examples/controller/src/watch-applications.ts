import type { ApplicationSource, CallOptions } from "@image-updater/core";
import { at, listAt, nameOf, textAt, textsAt } from "./manifest-fields.js";
import type { Trigger } from "./trigger.js";

/**
 * Tells of every Application that changed in a way that matters, until the signal is aborted.
 *
 * What is there at the start is no change. Argo CD writes statuses all the time, and we ourselves write
 * parameters: neither is one.
 */
export async function watchApplications(
  source: ApplicationSource,
  onChange: (trigger: Trigger) => void,
  options: CallOptions,
): Promise<void> {
  const seen = new Map<string, string>();
  let isFirst = true;
  const look = (manifest: unknown): void => {
    const name = nameOf(manifest, "");
    const [key, mark] = [keyOf(name), fingerprint(manifest)];
    const isChange = seen.get(key) !== mark && !isFirst;
    seen.set(key, mark);
    if (isChange) onChange({ kind: "application", ...name });
  };
  for await (const change of source.watch?.(options) ?? []) {
    if (change.kind === "removed") seen.delete(keyOf(change));
    else if (change.kind === "changed") look(change.manifest);
    else {
      for (const manifest of change.manifests) look(manifest);
      isFirst = false;
    }
  }
}

function keyOf({ namespace, name }: ReturnType<typeof nameOf>): string {
  return `${namespace}/${name}`;
}

/** What decides about images: settings, labels, where the source is, and what runs. */
function fingerprint(manifest: unknown): string {
  const sources = [
    at(manifest, "spec", "source"),
    at(manifest, "spec", "sourceHydrator", "drySource"),
    ...listAt(manifest, "spec", "sources"),
  ];
  return JSON.stringify([
    Object.entries(textsAt(manifest, "metadata", "annotations")).filter(([key]) =>
      /(?:^|[.-])image-updater\./u.test(key),
    ),
    at(manifest, "metadata", "labels"),
    sources.map((source) =>
      ["repoURL", "path", "targetRevision", "chart"].map((key) => textAt(source, key)),
    ),
    at(manifest, "status", "summary", "images"),
    at(manifest, "status", "sourceType"),
    at(manifest, "status", "sourceTypes"),
  ]);
}
