import type { Clock, Logger } from "@image-updater/core";
import type { Inventory } from "./inventory.js";
import type { Trigger } from "./trigger.js";
import { watchApplications } from "./watch-applications.js";

/** Who is told, and until when. */
export interface WatchSettings {
  onTrigger(trigger: Trigger): void;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const RETRY_MS = 30_000;

/**
 * Watches everything that can be watched until the signal is aborted. A watch that fails is logged and
 * begun again after a while: until then, changes are seen by the next whole cycle.
 */
export async function watchChanges(
  inventory: Pick<Inventory, "applications" | "watchImageUpdaters">,
  settings: WatchSettings,
): Promise<void> {
  const { onTrigger, signal } = settings;
  await Promise.all([
    keepUp("Applications", settings, () =>
      watchApplications(inventory.applications, onTrigger, { signal }),
    ),
    watchImageUpdaters(inventory, settings),
  ]);
}

/** Where their kind is not known, it is looked for again: it may be installed later. */
async function watchImageUpdaters(
  inventory: Pick<Inventory, "watchImageUpdaters">,
  settings: WatchSettings,
): Promise<void> {
  const { onTrigger, clock, signal } = settings;
  while (inventory.watchImageUpdaters !== undefined && !signal.aborted) {
    await keepUp("ImageUpdaters", settings, async () =>
      inventory.watchImageUpdaters?.(onTrigger, { signal }),
    );
    await clock.delay(RETRY_MS, signal);
  }
}

async function keepUp(
  what: string,
  { logger, clock, signal }: WatchSettings,
  watch: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await watch();
      return;
    } catch (error) {
      if (signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      logger.error({}, `Could not watch ${what}: ${message}`);
      await clock.delay(RETRY_MS, signal);
    }
  }
}
