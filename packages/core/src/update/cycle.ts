import type { CommitSettings, ImageUnderCare, UpdaterSettings } from "./updater.js";
import type { CancelSignal } from "../ports/cancel-signal.js";
import type { Logger } from "../ports/logger.js";
import type { Observer } from "../ports/observer.js";
import type { TargetCallSettings } from "./call-targets.js";
import { createRegistryReader, type RegistryReader } from "./registry-reader.js";

/** Everything one cycle shares: settings with their defaults, and what was read so far. */
export interface Cycle {
  readonly settings: UpdaterSettings;
  readonly controllerNamespace: string;
  readonly commit: CommitSettings;
  readonly applicationConcurrency: number;
  readonly reader: RegistryReader;
  readonly targets: TargetCallSettings;
  readonly logger: Logger;
  readonly observer: Observer;
  readonly only: ((image: ImageUnderCare) => boolean) | undefined;
  readonly dryRun: boolean;
}

/** Starts a cycle. */
export function startCycle(
  settings: UpdaterSettings,
  options: {
    readonly signal?: CancelSignal | undefined;
    readonly only?: ((image: ImageUnderCare) => boolean) | undefined;
    readonly dryRun?: boolean | undefined;
  },
): Cycle {
  const { signal, only, dryRun = false } = options;
  const observer = quietObserver(settings.observer);
  return {
    settings,
    controllerNamespace: settings.controllerNamespace ?? "argocd",
    commit: settings.commit ?? {},
    applicationConcurrency: settings.concurrency?.applications ?? 10,
    reader: createRegistryReader({
      clients: settings.registries,
      clock: settings.clock,
      timeoutMs: settings.timeouts?.registry ?? 120_000,
      metadataConcurrency: settings.concurrency?.metadata ?? 20,
      platform: settings.platform ?? "linux/amd64",
      signal,
      observer,
    }),
    targets: {
      targets: settings.writeBack,
      clock: settings.clock,
      timeoutMs: settings.timeouts?.writeBack ?? 300_000,
      signal,
    },
    logger: settings.logger ?? SILENT,
    observer,
    only,
    dryRun,
  };
}

const SILENT: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** An observer's own failure is not the cycle's. */
function quietObserver(observer: Observer | undefined): Observer {
  return {
    observe(event): void {
      try {
        observer?.observe(event);
      } catch {
        // An observer is told; it has no say.
      }
    },
  };
}
