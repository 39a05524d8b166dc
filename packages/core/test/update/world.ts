import { expect } from "vitest";
import type { Application } from "../../src/application/application.js";
import {
  readApplication,
  type ReadApplicationOptions,
} from "../../src/application/read-application.js";
import type { WriteBackTarget } from "../../src/ports/write-back-target.js";
import {
  createMemoryLogger,
  createTestClock,
  inMemoryGit,
  inMemoryRegistry,
  type GitFault,
  type ImageFixture,
  type InMemoryGit,
  type InMemoryRegistry,
  type MemoryLogger,
  type RegistryFault,
  type TestClock,
} from "../../src/testing/index.js";
import { createUpdater } from "../../src/update/create-updater.js";
import type { Updater, UpdaterSettings } from "../../src/update/updater.js";

export const REPOSITORY = "https://git.example.com/team/apps.git";
export const OVERRIDE = "apps/web/.argocd-source-web.yaml";

/** An Application as a test says it; annotations without their prefix. */
export interface ApplicationSetup {
  readonly name?: string;
  readonly namespace?: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** Members of `spec.source` besides repository and path. */
  readonly source?: object;
  readonly type?: "Helm" | "Kustomize" | "Plugin" | "Directory";
  /** Absent means no status. */
  readonly live?: readonly string[];
  /** Annotations with their whole keys, besides. */
  readonly own?: Readonly<Record<string, string>>;
  /** Members of `metadata`, `spec` and `status` besides. */
  readonly metadata?: object;
  readonly spec?: object;
  readonly status?: object;
  /** Members of the manifest besides. */
  readonly more?: object;
}

export function manifestOf(setup: ApplicationSetup): object {
  const { name = "web", namespace = "argocd", annotations, source, type = "Helm", live } = setup;
  const prefixed = Object.entries(annotations).map(
    ([key, value]) => [`argocd-image-updater.argoproj.io/${key}`, value] as const,
  );
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: {
      name,
      namespace,
      annotations: { ...Object.fromEntries(prefixed), ...setup.own },
      ...setup.metadata,
    },
    spec: {
      source: { repoURL: REPOSITORY, path: `apps/${name}`, targetRevision: "main", ...source },
      ...setup.spec,
    },
    ...(live === undefined
      ? {}
      : { status: { sourceType: type, summary: { images: live }, ...setup.status } }),
    ...setup.more,
  };
}

export function application(
  setup: ApplicationSetup,
  options: ReadApplicationOptions = {},
): Application {
  const { value, diagnostics } = readApplication(manifestOf(setup), options);
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}

/** What a cycle meets. */
export interface WorldSetup {
  /** Path of the repository to its tags. */
  readonly registry?: Readonly<Record<string, readonly (string | ImageFixture)[]>>;
  readonly registryFaults?: readonly RegistryFault[];
  /** Files of the branch `main` of {@link REPOSITORY}. */
  readonly files?: Readonly<Record<string, string>>;
  /** Instead of `files`. */
  readonly repositories?: Readonly<
    Record<string, Readonly<Record<string, Record<string, string>>>>
  >;
  readonly gitFaults?: readonly GitFault[];
  /** Asked before the Git in memory. */
  readonly targets?: readonly WriteBackTarget[];
  readonly settings?: Partial<UpdaterSettings>;
}

export interface World {
  readonly registry: InMemoryRegistry;
  readonly git: InMemoryGit;
  readonly clock: TestClock;
  readonly logger: MemoryLogger;
  readonly updater: Updater;
}

export function createWorld(setup: WorldSetup): World {
  const fixture = Object.entries(setup.registry ?? {}).map(
    ([path, tags]) => [path, tags.map((tag) => (typeof tag === "string" ? { tag } : tag))] as const,
  );
  const registry = inMemoryRegistry({
    fixture: Object.fromEntries(fixture),
    faults: setup.registryFaults,
  });
  const git = inMemoryGit({
    repositories: setup.repositories ?? { [REPOSITORY]: { main: setup.files ?? {} } },
    faults: setup.gitFaults,
  });
  const clock = createTestClock();
  const logger = createMemoryLogger();
  const updater = createUpdater({
    registries: [registry],
    writeBack: [...(setup.targets ?? []), git],
    clock,
    logger,
    ...setup.settings,
  });
  return { registry, git, clock, logger, updater };
}

/** Moves the clock on as soon as, and as long as, somebody waits for it. */
export async function passTime(
  clock: TestClock,
  ms: number,
  work: Promise<unknown>,
): Promise<void> {
  let over = false;
  const done = work.finally(() => {
    over = true;
  });
  const step = (): boolean => {
    if (clock.pending > 0) clock.advance(ms);
    return over;
  };
  await expect.poll(step, { interval: 5 }).toBe(true);
  await done;
}

export function counters(
  applications: number,
  considered: number,
  skipped: number,
  updated: number,
  errors: number,
): object {
  return {
    applications,
    imagesConsidered: considered,
    imagesSkipped: skipped,
    imagesUpdated: updated,
    errors,
  };
}
