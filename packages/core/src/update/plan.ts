import type { Decision } from "../decision/decision.js";
import type { Diagnostic } from "../errors/diagnostic.js";
import type { ErrorSummary } from "../errors/image-updater-error.js";
import type { WriteBackChange } from "../ports/write-back-target.js";

/**
 * What a cycle would do. Plain JSON: it can be stored, shown, and applied by another process.
 *
 * It holds no credentials, but repository URLs are as configured: where one carries user information,
 * store the plan as you would store that.
 */
export interface Plan {
  readonly contract: "plan/1";
  /** ISO 8601. */
  readonly createdAt: string;
  readonly applications: readonly ApplicationPlan[];
}

/** One application's part of a plan. */
export interface ApplicationPlan {
  readonly application: { readonly name: string; readonly namespace: string };
  readonly images: readonly ImagePlan[];
  /** What is to be written; absent when nothing changes or the application is in error. */
  readonly change?: WriteBackChange | undefined;
  /** The files of the change before and after; empty when the plan was made without previews. */
  readonly previews: readonly FilePreview[];
  /** Set when the application as a whole cannot be planned or written. Counts as one error. */
  readonly error?: ErrorSummary | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** One image and what was decided about it. */
export interface ImagePlan {
  readonly alias?: string | undefined;
  /** `[registry/]name`, or the entry as written when it does not parse. */
  readonly image: string;
  readonly constraint?: string | undefined;
  /** Name of the strategy. */
  readonly strategy?: string | undefined;
  readonly decision: Decision;
  /** The reference that is to run, for an update. */
  readonly newImage?: string | undefined;
}

/** A file as it is and as it would be. */
export interface FilePreview {
  readonly path: string;
  /** Undefined when the file does not exist. */
  readonly before?: string | undefined;
  readonly after: string;
}
