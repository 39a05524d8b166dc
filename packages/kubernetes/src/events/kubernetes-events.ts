import {
  summarizeError,
  type ApplicationReport,
  type CallOptions,
  type Clock,
  type ErrorSummary,
  type UpdateReport,
} from "@image-updater/core";
import { systemClock } from "@image-updater/core/system";
import { callResource } from "../api/call-resource.js";
import type { KubernetesApi } from "../api/kubernetes-api.js";
import { KubernetesError } from "../api/kubernetes-error.js";
import { objectName } from "../api/object-name.js";
import { APPLICATIONS, EVENTS } from "../api/resource.js";
import { buildEvent, formatEventTime, uidOf } from "./build-event.js";
import { describeReport, type EventContent } from "./describe-report.js";

/** Settings of {@link kubernetesEvents}. */
export interface KubernetesEventsSettings {
  readonly api: KubernetesApi;
  /** Who says so; default `ArgocdImageUpdater`, as Argo CD Image Updater. */
  readonly component?: string | undefined;
  /** For time stamps; default the machine's. */
  readonly clock?: Clock | undefined;
  /**
   * How long an image must be `not-deployed`, report after report, before it is a warning: after each
   * commit it is, until Argo CD looks at Git again. Default: 300 000.
   */
  readonly notDeployedAfterMs?: number | undefined;
}

/** What became of the events of a report. */
export interface RecordedEvents {
  /** Events made, or counted up. */
  readonly recorded: number;
  /** Why others could not be. */
  readonly failed: readonly ErrorSummary[];
}

/** Records events on Applications. */
export interface KubernetesEvents {
  /**
   * Records a cycle: `ImagesUpdated` where an update was written, with Argo CD Image Updater's reason
   * and annotations, and the warnings `ImageUpdateFailed` where something failed and `ImageNotDeployed`
   * where what is written stays without effect.
   *
   * A warning that comes again in the next report is counted up in the event that is there. Never throws
   * for an event's sake.
   */
  record(report: UpdateReport, options?: CallOptions): Promise<RecordedEvents>;
}

/** This many warnings are remembered, of which an Application has up to two. */
const REMEMBERED_WARNINGS = 20_000;

/** As many requests at the same time. */
const AT_ONCE = 8;

/** When an Application was first seen with these images that are not deployed. */
interface Undeployed {
  readonly message: string;
  readonly sinceMs: number;
}

interface Warning {
  readonly message: string;
  readonly eventName: string;
  readonly count: number;
}

/** Events on the Applications of reports; needs the rights to get Applications, and to create and patch events. */
export function kubernetesEvents(settings: KubernetesEventsSettings): KubernetesEvents {
  const { api, component = "ArgocdImageUpdater", clock = systemClock() } = settings;
  const { notDeployedAfterMs = 300_000 } = settings;
  const sent = new Map<string, Warning>();
  const undeployed = new Map<string, Undeployed>();
  const writer: EventWriter = { api, component, clock };

  const writesOf = (
    report: ApplicationReport,
    options: CallOptions | undefined,
  ): readonly (() => Promise<unknown>)[] => {
    const key = `${report.application.namespace}/${report.application.name}`;
    const { success, warning, notDeployed } = describeReport(report);
    const warnings = [
      { id: `failed ${key}`, content: warning },
      { id: `not-deployed ${key}`, content: lasting(key, notDeployed) },
    ];
    return [
      ...(success === undefined ? [] : [() => createEvent(writer, report, success, options)]),
      ...warnings.flatMap(({ id, content }) => {
        if (content !== undefined) return [() => warnAgain(id, report, content, options)];
        sent.delete(id);
        return [];
      }),
    ];
  };

  async function warnAgain(
    id: string,
    report: ApplicationReport,
    warning: EventContent,
    options: CallOptions | undefined,
  ): Promise<void> {
    const last = sent.get(id);
    sent.set(id, await warn(writer, { report, warning, last }, options));
    forgetOldest(sent);
  }

  /** The warning, once it has been true for long enough. */
  function lasting(key: string, content: EventContent | undefined): EventContent | undefined {
    const nowMs = clock.now().getTime();
    if (content === undefined) {
      undeployed.delete(key);
      return undefined;
    }
    const { message } = content;
    const before = undeployed.get(key);
    const since = before?.message === message ? before : { message, sinceMs: nowMs };
    undeployed.set(key, since);
    forgetOldest(undeployed);
    return nowMs - since.sinceMs >= notDeployedAfterMs ? content : undefined;
  }

  return {
    record: ({ applications }, options) =>
      settleAll(applications.flatMap((report) => writesOf(report, options))),
  };
}

async function settleAll(writes: readonly (() => Promise<unknown>)[]): Promise<RecordedEvents> {
  const failed: ErrorSummary[] = [];
  for (let start = 0; start < writes.length; start += AT_ONCE) {
    const batch = writes.slice(start, start + AT_ONCE);
    for (const result of await Promise.allSettled(batch.map((write) => write()))) {
      if (result.status === "rejected") failed.push(summarizeError(result.reason));
    }
  }
  return { recorded: writes.length - failed.length, failed };
}

interface EventWriter {
  readonly api: KubernetesApi;
  readonly component: string;
  readonly clock: Clock;
}

interface RepeatedWarning {
  readonly report: ApplicationReport;
  readonly warning: EventContent;
  readonly last: Warning | undefined;
}

/** Counts up the event that says the same; makes a new one where there is none, or no longer. */
async function warn(
  writer: EventWriter,
  { report, warning, last }: RepeatedWarning,
  options: CallOptions | undefined,
): Promise<Warning> {
  const { message } = warning;
  if (last?.message === message) {
    const count = last.count + 1;
    if (await countUp(writer, report, { ...last, count }, options)) return { ...last, count };
  }
  const eventName = await createEvent(writer, report, warning, options);
  return { message, eventName, count: 1 };
}

/** False when the event is gone, which the API server does to events after an hour. */
async function countUp(
  { api, clock }: EventWriter,
  { application: { namespace } }: ApplicationReport,
  { eventName, count }: Warning,
  options: CallOptions | undefined,
): Promise<boolean> {
  const call = { resource: EVENTS, namespace, name: eventName, verb: "patch" } as const;
  const body = { count, lastTimestamp: formatEventTime(clock.now()) };
  const contentType = "application/merge-patch+json";
  try {
    await callResource(api, call, { body, contentType, signal: options?.signal });
    return true;
  } catch (error) {
    if (KubernetesError.is(error) && error.code === "not-found") return false;
    throw error;
  }
}

async function createEvent(
  { api, component, clock }: EventWriter,
  { application }: ApplicationReport,
  content: EventContent,
  options: CallOptions | undefined,
): Promise<string> {
  const { namespace, name } = application;
  const signal = options?.signal;
  const read = { resource: APPLICATIONS, namespace, name, verb: "get" } as const;
  const manifest = await callResource(api, read, { signal });
  const resourceVersion = objectName(manifest)?.resourceVersion;
  const about = { namespace, name, uid: uidOf(manifest), resourceVersion };
  const body = buildEvent({ about, content, component, now: clock.now() });
  const create = { resource: EVENTS, namespace, verb: "create" } as const;
  const created = await callResource(api, create, { body, signal });
  return objectName(created)?.name ?? "";
}

function forgetOldest(remembered: Map<string, unknown>): void {
  const [oldest] = remembered.keys();
  if (remembered.size > REMEMBERED_WARNINGS && oldest !== undefined) remembered.delete(oldest);
}
