import { affectedBy } from "../webhooks/matches-event.js";
import type { CommitSettings, ImageFilter, ImageUnderCare, UpdaterSettings } from "./updater.js";
import type { CancelSignal } from "../ports/cancel-signal.js";
import type { FactsCache } from "../ports/facts-cache.js";
import type { LogFields, Logger } from "../ports/logger.js";
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
  cache: FactsCache,
  options: {
    readonly signal?: CancelSignal | undefined;
    readonly only?: ImageFilter | undefined;
    readonly dryRun?: boolean | undefined;
  },
): Cycle {
  const { signal, only, dryRun = false } = options;
  const observer = quietObserver(settings.observer);
  const applicationConcurrency = settings.concurrency?.applications ?? 10;
  return {
    settings,
    controllerNamespace: settings.controllerNamespace ?? "argocd",
    commit: settings.commit ?? {},
    applicationConcurrency,
    reader: createRegistryReader({
      clients: settings.registries,
      clock: settings.clock,
      timeoutMs: settings.timeouts?.registry ?? 120_000,
      metadataConcurrency: settings.concurrency?.metadata ?? 20,
      platform: settings.platform ?? "linux/amd64",
      cache,
      tagTtlMs: settings.tagTtl ?? Number.POSITIVE_INFINITY,
      signal,
      observer,
    }),
    targets: {
      targets: settings.writeBack,
      clock: settings.clock,
      timeoutMs: settings.timeouts?.writeBack ?? 300_000,
      concurrency: applicationConcurrency,
      signal,
    },
    logger: quietLogger(settings.logger),
    observer,
    only: typeof only === "object" ? affectedBy(only) : only,
    dryRun,
  };
}

/** A logger's own failure is not the cycle's: after a write, the report must not be lost to it. */
type LogMethod = "debug" | "info" | "warn" | "error";

function quietLogger(logger: Logger | undefined): Logger {
  const at =
    (level: LogMethod) =>
    (fields: LogFields, message: string): void => {
      try {
        logger?.[level](fields, message);
      } catch {
        // A line is lost, nothing else.
      }
    };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    isLevelEnabled(level): boolean {
      try {
        return logger !== undefined && logger.isLevelEnabled?.(level) !== false;
      } catch {
        return false;
      }
    },
  };
}

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
