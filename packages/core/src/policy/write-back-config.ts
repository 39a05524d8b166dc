/**
 * Write-back settings as text, before they are parsed.
 *
 * The shape is `writeBackConfig` of the `argocd-image-updater.argoproj.io/v1alpha1` resource.
 */
export interface WriteBackConfig {
  /** `argocd`, `git`, `git:repocreds` or `git:secret:[namespace/]name`. */
  readonly method?: string | undefined;
  readonly gitConfig?: GitConfig | undefined;
}

/** The part that only the `git` method reads. */
export interface GitConfig {
  readonly repository?: string | undefined;
  /** `base`, `base:template` or `:template`. */
  readonly branch?: string | undefined;
  /** `kustomization[:path]`, `helmvalues[:path]` or a bare path. */
  readonly writeBackTarget?: string | undefined;
  readonly pullRequest?: PullRequestConfig | undefined;
}

/** Asks for a pull request; exactly one of the forges is set. */
export interface PullRequestConfig {
  readonly github?: ForgeConfig | undefined;
  readonly gitlab?: ForgeConfig | undefined;
  /** Only known to this SDK. */
  readonly gitea?: ForgeConfig | undefined;
  readonly labels?: readonly string[] | undefined;
}

/** The settings of a forge; there are none yet. */
export type ForgeConfig = Readonly<Record<string, never>>;
