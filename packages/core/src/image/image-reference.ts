/**
 * A container image reference as Argo CD Image Updater reads it.
 *
 * `registry` is absent when the text names none, and for an implied Docker Hub; `docker.io` written
 * out is kept. Fields are the text's own, nothing is lower-cased.
 */
export interface ImageReference {
  /** Host and optional port: `ghcr.io`, `localhost:5000`. */
  readonly registry?: string | undefined;
  /** Path in the registry: `org/app`. */
  readonly repository: string;
  /** Text after the colon. Empty for `nginx:`, absent for `nginx`. */
  readonly tag?: string | undefined;
  /** `sha256:…` */
  readonly digest?: string | undefined;
  /**
   * Registry and repository as the text spells them, where that differs from the fields:
   * `docker.io/library/nginx`. Kustomize compares names as text. Not enumerable, like `toString`.
   */
  readonly writtenName?: string | undefined;
  /** `[registry/]repository[:tag][@digest]` */
  toString(): string;
}
