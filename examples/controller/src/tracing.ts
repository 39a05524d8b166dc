import type { Clock, Observer, UpdateReport, WriteBackTarget } from "@image-updater/core";
import { context, SpanStatusCode, trace, type Context, type Span } from "@opentelemetry/api";
import type { Scope } from "./trigger.js";

/** What a cycle reports its spans through. */
export interface CycleTracing {
  readonly observer: Observer;
  /** The same target with a span around each write. */
  traceWrites(target: WriteBackTarget): WriteBackTarget;
}

/**
 * Runs a cycle in a span `cycle`, with spans `decision` and `write` under it. Without an OpenTelemetry
 * SDK in the process this does nothing.
 */
export async function traceCycle(
  scope: Scope,
  clock: Pick<Clock, "now">,
  run: (tracing: CycleTracing) => Promise<UpdateReport>,
): Promise<UpdateReport> {
  const triggers = scope === "everything" ? [scope] : scope.map(({ kind }) => kind);
  const span = startSpan("cycle", context.active(), { "image_updater.triggers": triggers });
  const inside = trace.setSpan(context.active(), span);
  try {
    const report = await context.with(inside, () => run(tracingIn(inside, clock)));
    const { counters } = report;
    span.setAttributes({
      "image_updater.applications": counters.applications,
      "image_updater.images_considered": counters.imagesConsidered,
      "image_updater.images_updated": counters.imagesUpdated,
      "image_updater.errors": counters.errors,
    });
    if (counters.errors > 0) fail(span, `${counters.errors} errors`);
    return report;
  } catch (error) {
    fail(span, error instanceof Error ? error.message : String(error));
    throw error;
  } finally {
    span.end();
  }
}

function tracingIn(parent: Context, clock: Pick<Clock, "now">): CycleTracing {
  const startTime = clock.now();
  return {
    observer: {
      // The updater tells when a decision is made; all of a cycle's decisions begin with the cycle.
      observe(event): void {
        if (event.kind !== "image-decided") return;
        const { application, outcome } = event;
        const attributes = {
          "image_updater.application": application,
          "image_updater.outcome": outcome,
        };
        const span = startSpan("decision", parent, attributes, startTime);
        if (outcome === "error" || outcome === "waiting") fail(span, outcome);
        span.end();
      },
    },
    traceWrites: (target) => ({
      ...target,
      write: (changes, options) => traceWrite(parent, target, changes, options),
    }),
  };
}

async function traceWrite(
  parent: Context,
  target: WriteBackTarget,
  ...[changes, options]: Parameters<WriteBackTarget["write"]>
): ReturnType<WriteBackTarget["write"]> {
  const names = changes.map(({ application }) => `${application.namespace}/${application.name}`);
  const span = startSpan("write", parent, { "image_updater.applications": names });
  try {
    const inside = trace.setSpan(parent, span);
    const results = await context.with(inside, () => target.write(changes, options));
    const kinds = results.map(({ kind }) => kind);
    span.setAttribute("image_updater.results", kinds);
    const failed = results.find((result) => result.kind === "failed");
    if (failed !== undefined) fail(span, failed.error.message);
    return results;
  } finally {
    span.end();
  }
}

function startSpan(
  name: string,
  parent: Context,
  attributes: Readonly<Record<string, string | string[]>>,
  startTime?: Date,
): Span {
  const tracer = trace.getTracer("@image-updater/example-controller");
  return tracer.startSpan(name, { attributes, ...(startTime && { startTime }) }, parent);
}

function fail(span: Span, message: string): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}
