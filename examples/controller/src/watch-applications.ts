import type { ApplicationSource, CallOptions } from "@image-updater/core";
import { at, listAt, nameOf, textAt, textsAt } from "./manifest-fields.js";
import type { Trigger } from "./trigger.js";

/**
 * Tells of every Application that changed in a way that matters, until the signal is aborted.
 *
 * What is there at the start is not a change. Argo CD writes statuses all the time, with every roll-out what
 * then runs, and we ourselves write parameters: neither is one, but for the first status that says what
 * runs, without which nothing could be decided. The next whole cycle sees the rest.
 */
export async function watchApplications(
  source: ApplicationSource,
  onChange: (trigger: Trigger) => void,
  options: CallOptions,
): Promise<void> {
  const seen = new Map<string, Seen>();
  let isFirst = true;
  const look = (manifest: unknown): void => {
    const name = nameOf(manifest, "");
    const [key, mark] = [keyOf(name), fingerprint(manifest)];
    const before = seen.get(key);
    const hasRun = before?.hasRun === true || isRunning(manifest);
    seen.set(key, { mark, hasRun });
    const isChange = before?.mark !== mark || before.hasRun !== hasRun;
    if (isChange && !isFirst) onChange({ kind: "application", ...name });
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

interface Seen {
  readonly mark: string;
  /** Whether a status ever said of which type it is, and what runs. */
  readonly hasRun: boolean;
}

function isRunning(manifest: unknown): boolean {
  const types = [
    textAt(manifest, "status", "sourceType"),
    ...listAt(manifest, "status", "sourceTypes"),
  ];
  return (
    listAt(manifest, "status", "summary", "images").length > 0 && types.some((type) => type !== "")
  );
}

/** What people and their tools decide about images: settings, labels, and where the sources are. */
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
  ]);
}
