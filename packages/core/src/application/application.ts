import type { OtherParameters } from "../annotations/parse-other-parameters.js";
import type { InvalidImage } from "../annotations/parse-annotations.js";
import type { ImageReference } from "../image/image-reference.js";
import type { ImagePolicy } from "../policy/image-policy.js";
import type { EnvironmentVariable, HelmParameter } from "../ports/edits.js";
import type { WriteBackSettings } from "../ports/write-back-settings.js";

/** What renders an application's manifests; `unsupported` ones are left alone. */
export type ApplicationType = "helm" | "kustomize" | "plugin" | "unsupported";

/** The source of an Application that updates are written for. */
export interface ApplicationSourceSpec {
  /** JSON pointer in the manifest: `/spec/source`, `/spec/sources/1`, `/spec/sourceHydrator/drySource`. */
  readonly pointer: string;
  readonly repositoryUrl: string;
  /** Folder in the repository; empty for its root. */
  readonly path: string;
  readonly targetRevision: string;
  /** Set when the source is a Helm repository, not a Git one. */
  readonly chart?: string | undefined;
  readonly helmParameters: readonly HelmParameter[];
  readonly kustomizeImages: readonly string[];
  readonly pluginEnv: readonly EnvironmentVariable[];
}

/** An Argo CD Application, read: everything the updater needs of it. */
export interface Application {
  readonly name: string;
  readonly namespace: string;
  /** Argo CD project; undefined when the manifest names none. */
  readonly project?: string | undefined;
  readonly type: ApplicationType;
  readonly source: ApplicationSourceSpec;
  /** Images of `status.summary.images`; undefined when the manifest has no status. */
  readonly liveImages: readonly ImageReference[] | undefined;
  readonly policies: readonly ImagePolicy[];
  /** Images that are listed but cannot be cared for; each counts as an error. */
  readonly invalidImages: readonly InvalidImage[];
  /** Undefined when the write-back settings are wrong: nothing is then written. */
  readonly writeBack: WriteBackSettings | undefined;
  /**
   * What becomes of parameters that a new override file would hide. Absent: such an update is an error,
   * and nothing is written.
   */
  readonly otherParameters?: OtherParameters | undefined;
  /** Revision of the source to write to, `undefined` for the remote's HEAD. */
  readonly revision: string | undefined;
  /** The manifest it was read from. */
  readonly manifest: unknown;
}
