import type { Application } from "../application/application.js";
import type { WriteBackRead } from "../ports/write-back-target.js";
import { readTargets, textOfFile } from "./call-targets.js";
import { currentImages } from "./current-images.js";
import type { Cycle } from "./cycle.js";
import type { LiveImages } from "./plan-application.js";
import { summarizeFailure } from "./summarize-failure.js";
import { locationOf, manifestFilesOf, overrideFileOf } from "./write-back-paths.js";

/**
 * What runs in each application: its status; without one, what its files say. None of the promises
 * rejects.
 *
 * The files of all applications are asked for at once, so that each target reads a repository once; an
 * application waits for its own repository and for no other.
 */
export function findLiveImages(
  cycle: Cycle,
  applications: readonly Application[],
): readonly Promise<LiveImages>[] {
  const found = applications.map((application) => fromManifest(cycle, application));
  const reads = found.flatMap((one) => (one.kind === "unread" ? [one.read] : []));
  const results = readTargets(reads, cycle.targets);
  const answers = new Map(reads.map((read, index) => [read, results[index]]));
  return applications.map(async (application, index): Promise<LiveImages> => {
    const one = found[index];
    if (one !== undefined && one.kind !== "unread") return one;
    const result = one && (await answers.get(one.read));
    if (one === undefined || result === undefined) return { kind: "known", images: [] };
    if (result.kind === "failed") return result;
    return attempt(() => fromFiles(application, one.read.paths, result.files));
  });
}

type Unread = { readonly kind: "unread"; readonly read: WriteBackRead };

function fromManifest(cycle: Cycle, application: Application): LiveImages | Unread {
  const { name, namespace, project, liveImages, writeBack: settings } = application;
  if (liveImages !== undefined) return { kind: "known", images: liveImages };
  return attempt(() => {
    const location = settings === undefined ? undefined : locationOf(application, settings);
    if (settings === undefined || location === undefined) {
      const nothing = { override: undefined, manifest: undefined };
      return { kind: "known", images: currentImages(application, nothing) };
    }
    const paths = [
      overrideFileOf(application, settings.target, cycle.controllerNamespace),
      ...manifestFilesOf(application, settings.target),
    ];
    const read = { application: { name, namespace }, project, settings, location, paths };
    return { kind: "unread", read };
  });
}

function fromFiles(
  application: Application,
  paths: readonly string[],
  files: ReadonlyMap<string, Uint8Array | undefined>,
): LiveImages {
  const [override, ...manifests] = paths.map((path) => textOfFile(files, path));
  const manifest = manifests.find((text) => text !== undefined);
  return { kind: "known", images: currentImages(application, { override, manifest }) };
}

function attempt<T>(work: () => T): T | Extract<LiveImages, { kind: "failed" }> {
  try {
    return work();
  } catch (error) {
    return { kind: "failed", error: summarizeFailure(error) };
  }
}
