import { affectedBy } from "../webhooks/matches-event.js";
import type { CommitSettings, ImageFilter, ImageUnderCare, UpdaterSettings } from "./updater.js";
import type { CancelSignal } from "../ports/cancel-signal.js";
import type { FactsCache } from "../ports/facts-cache.js";
import type { LogFields, Logger } from "../ports/logger.js";
import type { Observer } from "../ports/observer.js";
import { boundCache } from "./bounded-cache.js";
import { LEND_TARGET_AFTER_MS, type TargetCallSettings } from "./call-targets.js";
import { createPlainSource } from "./cancel-source.js";
import { DEFAULT_TIMEOUTS } from "./deadline.js";
import { createKeyedSemaphore } from "./keyed-semaphore.js";
import { memoryFactsCache } from "./memory-facts-cache.js";
import { onAbort } from "./on-abort.js";
import { createRegistryReader, type RegistryReader } from "./registry-reader.js";

/** What a cycle is for. A plan says what would be done, and nothing of it is being done. */
export type CyclePurpose = "plan" | "dry-run" | "write";

/** Everything one cycle shares: settings with their defaults, and what was read so far. */
export interface Cycle {
  readonly settings: UpdaterSettings;
  readonly controllerNamespace: string;
  readonly commit: CommitSettings;
  readonly batchWaitMs: number;
  readonly reader: RegistryReader;
  readonly targets: TargetCallSettings;
  /** For files of a repository that is not written to, in milliseconds. */
  readonly readSourceTimeoutMs: number;
  readonly logger: Logger;
  readonly observer: Observer;
  readonly only: ((image: ImageUnderCare) => boolean) | undefined;
  readonly purpose: CyclePurpose;
}

/** What one cycle is given. */
export interface CycleOptions {
  readonly signal?: CancelSignal | undefined;
  readonly only?: ImageFilter | undefined;
}

/** Makes the cycles of one updater. */
export function createCycles(
  settings: UpdaterSettings,
): <T>(
  purpose: CyclePurpose,
  options: CycleOptions,
  work: (cycle: Cycle) => Promise<T>,
) => Promise<T> {
  // Ours answers at once; anybody else's has a deadline.
  const ownCache = settings.cache === undefined ? memoryFactsCache() : undefined;
  return async (purpose, { signal, only }, work) => {
    // One listener on the caller's signal, however many calls are under way.
    const end = createPlainSource();
    if (signal?.aborted === true) end.abort();
    const stopListening = onAbort(signal, end.abort);
    try {
      return await work(startCycle(settings, { purpose, signal: end.signal, only, ownCache }));
    } finally {
      stopListening();
    }
  };
}

function startCycle(
  settings: UpdaterSettings,
  {
    purpose,
    signal,
    only,
    ownCache,
  }: CycleOptions & {
    readonly purpose: CyclePurpose;
    readonly ownCache: FactsCache | undefined;
  },
): Cycle {
  const { clock, timeouts = {}, concurrency = {} } = settings;
  const observer = quietObserver(settings.observer);
  const logger = quietLogger(settings.logger);
  const warn = (message: string): void => logger.warn({}, message);
  const { applications = 10, metadata = 20 } = concurrency;
  const { writeBack = DEFAULT_TIMEOUTS.writeBack, read = writeBack } = timeouts;
  return {
    settings,
    controllerNamespace: settings.controllerNamespace ?? "argocd",
    commit: settings.commit ?? {},
    batchWaitMs: settings.batchWaitMs ?? 1000,
    reader: createRegistryReader({
      clients: settings.registries,
      clock,
      timeoutMs: timeouts.registry ?? DEFAULT_TIMEOUTS.registry,
      turnMs: timeouts.turn ?? DEFAULT_TIMEOUTS.turn,
      imagesPerHost: applications,
      metadataConcurrency: metadata,
      platform: settings.platform ?? "linux/amd64",
      cache: ownCache ?? cacheOf(settings, signal, warn),
      tagTtlMs: settings.tagTtl ?? Number.POSITIVE_INFINITY,
      signal,
      observer,
      warn,
    }),
    targets: {
      targets: settings.writeBack,
      clock,
      readTimeoutMs: read,
      writeTimeoutMs: writeBack,
      turns: createKeyedSemaphore({
        clock,
        limitOf: () => applications,
        lendAfterMs: () => LEND_TARGET_AFTER_MS,
      }),
      signal,
    },
    readSourceTimeoutMs: timeouts.readSource ?? Math.min(read, DEFAULT_TIMEOUTS.readSource),
    logger,
    observer,
    only: typeof only === "object" ? affectedBy(only) : only,
    purpose,
  };
}

function cacheOf(
  { cache = memoryFactsCache(), clock, timeouts = {} }: UpdaterSettings,
  signal: CancelSignal | undefined,
  onDown: (message: string) => void,
): FactsCache {
  const timeoutMs = timeouts.cache ?? DEFAULT_TIMEOUTS.cache;
  return boundCache(cache, { clock, timeoutMs, signal, onDown });
}

type LogMethod = "debug" | "info" | "warn" | "error";

/** A logger's own failure is not the cycle's: after a write, the report must not be lost to it. */
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
