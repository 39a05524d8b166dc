import { z } from "zod";

/** The status of an ImageUpdater resource, as plain JSON. Times are ISO strings in UTC. */
export interface ImageUpdaterStatus {
  /** Generation of the spec that the last finished cycle was about. */
  readonly observedGeneration?: number | undefined;
  readonly lastCheckedAt?: string | undefined;
  /** When a cycle last updated an image. */
  readonly lastUpdatedAt?: string | undefined;
  readonly applicationsMatched?: number | undefined;
  /** Images that the last cycle considered. */
  readonly imagesManaged?: number | undefined;
  /** What the last cycle that updated anything did. */
  readonly recentUpdates?: readonly RecentUpdate[] | undefined;
  readonly conditions?: readonly StatusCondition[] | undefined;
}

/** One new version of an image, and in how many Applications it was written. */
export interface RecentUpdate {
  /** The image's own name where it has no alias. */
  readonly alias: string;
  readonly image: string;
  readonly newVersion: string;
  readonly applicationsUpdated: number;
  readonly updatedAt: string;
  readonly message?: string | undefined;
}

/** A condition of a Kubernetes resource. */
export interface StatusCondition {
  /** Ours are `Ready`, `Reconciling` and `Error`. */
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
  /** When `status` last became what it is. */
  readonly lastTransitionTime: string;
  readonly observedGeneration?: number | undefined;
}

const text = z.string();
const count = z.number().int().optional().catch(undefined);
const time = text.optional().catch(undefined);

const recentUpdate = z.object({
  alias: text,
  image: text,
  newVersion: text,
  applicationsUpdated: z.number().int(),
  updatedAt: text,
  message: time,
});

const condition = z.object({
  type: text,
  status: z.enum(["True", "False", "Unknown"]),
  reason: text.catch(""),
  message: text.catch(""),
  lastTransitionTime: text.catch(""),
  observedGeneration: count,
});

const status = z.object({
  observedGeneration: count,
  lastCheckedAt: time,
  lastUpdatedAt: time,
  applicationsMatched: count,
  imagesManaged: count,
  recentUpdates: readable(recentUpdate),
  conditions: readable(condition),
});

/** A status as it was read; what of it cannot be read is left out. Undefined when there is none. */
export function decodeStatus(value: unknown): ImageUpdaterStatus | undefined {
  return status.safeParse(value).data;
}

function readable<T>(item: z.ZodType<T>): z.ZodType<readonly T[] | undefined> {
  return z
    .array(z.unknown())
    .transform((items) =>
      items.flatMap((entry) => {
        const { data } = item.safeParse(entry);
        return data === undefined ? [] : [data];
      }),
    )
    .optional()
    .catch(undefined);
}
