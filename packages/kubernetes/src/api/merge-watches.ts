import type { CancelSignal } from "@image-updater/core";
import type { ObjectIdentity } from "./object-name.js";
import { objectName } from "./object-name.js";
import type { ResourceChange } from "./watch-resources.js";

/** Begins to follow a part of what is followed. */
export type StartWatch = (signal: CancelSignal | undefined) => AsyncIterable<ResourceChange>;

/**
 * Follows several collections as one: `listed` comes when all have been listed, and after a gap in one
 * of them, always with the objects of all.
 *
 * Ends with the signal, and throws what the first of them throws.
 *
 * @yields each change
 */
export async function* mergeWatches(
  starts: readonly StartWatch[],
  signal: CancelSignal | undefined,
): AsyncGenerator<ResourceChange> {
  const controller = new AbortController();
  const end = (): void => controller.abort();
  if (signal?.aborted === true) end();
  else signal?.addEventListener("abort", end);
  const queue = createQueue();
  const runs = starts.map((start, part) => follow(start(controller.signal), part, queue));
  const parts = starts.map((): Map<string, unknown> | undefined => undefined);
  try {
    for (let running = starts.length; running > 0;) {
      const told = await queue.take();
      if (told.kind === "failed") throw told.error;
      if (told.kind === "ended") running -= 1;
      else if (remember(parts, told)) yield visible(parts, told.change);
    }
  } finally {
    signal?.removeEventListener("abort", end);
    end();
    await Promise.all(runs);
  }
}

/** Takes the change into the part's state; false while another part has not been listed yet. */
function remember(parts: (Map<string, unknown> | undefined)[], { part, change }: Seen): boolean {
  if (change.kind === "listed") {
    parts[part] = new Map(change.objects.map((object) => [keyOf(objectName(object)), object]));
  } else if (change.kind === "changed") parts[part]?.set(keyOf(change.name), change.object);
  else parts[part]?.delete(keyOf(change.name));
  return parts.every((state) => state !== undefined);
}

function visible(
  parts: readonly (ReadonlyMap<string, unknown> | undefined)[],
  change: ResourceChange,
): ResourceChange {
  if (change.kind !== "listed") return change;
  return { kind: "listed", objects: parts.flatMap((state) => [...(state?.values() ?? [])]) };
}

function keyOf(name: ObjectIdentity | undefined): string {
  return `${name?.namespace ?? ""}/${name?.name ?? ""}`;
}

interface Seen {
  readonly kind: "seen";
  readonly part: number;
  readonly change: ResourceChange;
}

type Told =
  | Seen
  | { readonly kind: "ended" }
  | { readonly kind: "failed"; readonly error: unknown };

async function follow(
  changes: AsyncIterable<ResourceChange>,
  part: number,
  queue: Queue,
): Promise<void> {
  try {
    for await (const change of changes) queue.put({ kind: "seen", part, change });
    queue.put({ kind: "ended" });
  } catch (error) {
    queue.put({ kind: "failed", error });
  }
}

interface Queue {
  put(told: Told): void;
  take(): Promise<Told>;
}

/** For one reader. */
function createQueue(): Queue {
  const waiting: Told[] = [];
  let wake: (told: Told) => void = (told) => waiting.push(told);
  return {
    put: (told) => wake(told),
    take: async () =>
      waiting.shift() ??
      (await new Promise<Told>((resolve) => {
        wake = (told): void => {
          wake = (next): void => void waiting.push(next);
          resolve(told);
        };
      })),
  };
}
