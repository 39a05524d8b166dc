import { z } from "zod";
import type { EventContent } from "./describe-report.js";

/** What an event is made of. */
export interface EventParts {
  /** The Application it is about. */
  readonly about: {
    readonly namespace: string;
    readonly name: string;
    readonly uid: string | undefined;
    readonly resourceVersion: string | undefined;
  };
  readonly content: EventContent;
  readonly component: string;
  readonly now: Date;
}

/** An event of the core group, to be created; the API server completes its name. */
export function buildEvent({ about, content, component, now }: EventParts): object {
  const { type, reason, message, annotations } = content;
  const time = formatEventTime(now);
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: {
      generateName: `${about.name}.`,
      namespace: about.namespace,
      ...(annotations === undefined ? {} : { annotations }),
    },
    involvedObject: { apiVersion: "argoproj.io/v1alpha1", kind: "Application", ...about },
    type,
    reason,
    message,
    source: { component },
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
}

/** RFC 3339 to the second, as Kubernetes writes it. */
export function formatEventTime(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}

const identified = z.object({ metadata: z.object({ uid: z.string() }) });

/** The unique id of an object. */
export function uidOf(manifest: unknown): string | undefined {
  return identified.safeParse(manifest).data?.metadata.uid;
}
