import type { AnnotatedApplication } from "../annotations/parse-annotations.js";
import type { Diagnostic } from "../errors/diagnostic.js";
import type { ImageVerification } from "../policy/image-policy.js";
import type { Labels } from "./label-selector.js";

/** What of an Application decides which reference applies to it. */
export interface ApplicationLabels {
  readonly name: string;
  readonly labels?: Labels | undefined;
}

/** What a reference says about the Applications it matches. */
export type ApplicationRefSettings =
  /** Read the Application's own annotations, and verify its images where asked for. */
  | { readonly kind: "annotations"; readonly verification?: ImageVerification | undefined }
  | { readonly kind: "policies"; readonly value: AnnotatedApplication }
  /** Something is wrong: its Applications are left alone, and no broader reference is used for them. */
  | { readonly kind: "broken" };

/** One of `spec.applicationRefs`, with what it inherits from the resource. */
export interface ApplicationRef {
  /** As written; empty where there is none. */
  readonly namePattern: string;
  /** Its place in `spec.applicationRefs`. */
  readonly index: number;
  /** The reference with the highest that matches an Application is used. */
  readonly specificity: number;
  /**
   * Whether it applies to an Application, if no more specific one does.
   *
   * Where its pattern or its selector cannot be read, the unreadable part matches everything: nobody
   * knows what it was meant for, and none of that may fall to a broader reference.
   */
  matches(application: ApplicationLabels): boolean;
  readonly settings: ApplicationRefSettings;
  /** What was found wrong with it, and with settings it inherits. */
  readonly diagnostics: readonly Diagnostic[];
}
