import type { Outcome } from "../decision/decision.js";
import type { Diagnostic } from "../errors/diagnostic.js";
import type { ErrorSummary } from "../errors/image-updater-error.js";
import type { WriteResult } from "../ports/write-back-target.js";
import type { ApplicationPlan, ImagePlan, Plan } from "./plan.js";

/** The counters of Argo CD Image Updater's `Processing results` line. */
export interface UpdateCounters {
  readonly applications: number;
  readonly imagesConsidered: number;
  readonly imagesSkipped: number;
  readonly imagesUpdated: number;
  readonly errors: number;
}

/** What became of one image. Whether an `update` was written, the application's `write` says. */
export interface ImageReport extends ImagePlan {
  readonly outcome: Outcome;
}

/** What became of one application. */
export interface ApplicationReport {
  readonly application: { readonly name: string; readonly namespace: string };
  readonly images: readonly ImageReport[];
  /** Absent when there was nothing to write, or in a dry run. */
  readonly write?: WriteResult | undefined;
  /** Why the application could not be planned or written. */
  readonly error?: ErrorSummary | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** What a cycle did. Plain JSON. */
export interface UpdateReport {
  readonly counters: UpdateCounters;
  readonly applications: readonly ApplicationReport[];
}

/** Puts a plan and the results of its writes together; `writes` has one entry per application. */
export function buildReport(
  plan: Plan,
  writes: readonly (WriteResult | undefined)[],
): UpdateReport {
  const applications = plan.applications.map((planned, index) => report(planned, writes[index]));
  return { counters: countApplications(applications), applications };
}

/** The counters of some of a cycle's applications, by the same rules as those of the whole report. */
export function countApplications(applications: readonly ApplicationReport[]): UpdateCounters {
  return applications.map(count).reduce(add, NOTHING);
}

/** `Processing results: applications=… images_considered=… …`, as Argo CD Image Updater logs it. */
export function formatCounters(counters: UpdateCounters): string {
  const { applications, imagesConsidered, imagesSkipped, imagesUpdated, errors } = counters;
  return `Processing results: applications=${applications} images_considered=${imagesConsidered} images_skipped=${imagesSkipped} images_updated=${imagesUpdated} errors=${errors}`;
}

const NOTHING: UpdateCounters = {
  applications: 0,
  imagesConsidered: 0,
  imagesSkipped: 0,
  imagesUpdated: 0,
  errors: 0,
};

function report(planned: ApplicationPlan, write: WriteResult | undefined): ApplicationReport {
  const failure = write?.kind === "failed" ? write.error : planned.error;
  return {
    application: planned.application,
    images: planned.images.map((image) => ({ ...image, outcome: image.decision.outcome })),
    ...(write === undefined ? {} : { write }),
    ...(failure === undefined ? {} : { error: failure }),
    diagnostics: planned.diagnostics,
  };
}

/** A failed write counts one error and takes back the application's updates, as upstream. */
function count({ images, error }: ApplicationReport): UpdateCounters {
  const counted = images.map(({ outcome }) => countImage(outcome));
  const total = counted.reduce(add, { ...NOTHING, applications: 1 });
  return error === undefined ? total : { ...total, imagesUpdated: 0, errors: total.errors + 1 };
}

function countImage(outcome: Outcome): UpdateCounters {
  switch (outcome) {
    case "update":
      return { ...NOTHING, imagesConsidered: 1, imagesUpdated: 1 };
    case "up-to-date":
    case "not-deployed":
      return { ...NOTHING, imagesConsidered: 1 };
    case "not-live":
      return { ...NOTHING, imagesSkipped: 1 };
    case "no-candidate":
    case "held":
    case "blocked":
      return { ...NOTHING, imagesConsidered: 1, imagesSkipped: 1 };
    case "error":
    case "waiting":
      return { ...NOTHING, imagesConsidered: 1, errors: 1 };
  }
}

function add(left: UpdateCounters, right: UpdateCounters): UpdateCounters {
  return {
    applications: left.applications + right.applications,
    imagesConsidered: left.imagesConsidered + right.imagesConsidered,
    imagesSkipped: left.imagesSkipped + right.imagesSkipped,
    imagesUpdated: left.imagesUpdated + right.imagesUpdated,
    errors: left.errors + right.errors,
  };
}
