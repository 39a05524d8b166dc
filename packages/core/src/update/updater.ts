import type { Application } from "../application/application.js";
import type { RegistryConfig } from "../config/registry-config.js";
import type { CallOptions } from "../ports/cancel-signal.js";
import type { Clock } from "../ports/clock.js";
import type { Logger } from "../ports/logger.js";
import type { Observer } from "../ports/observer.js";
import type { RegistryClient } from "../ports/registry-client.js";
import type { CommitAuthor, WriteBackTarget } from "../ports/write-back-target.js";
import type { UpdateStrategy } from "../strategy/update-strategy.js";
import type { Plan } from "./plan.js";
import type { UpdateReport } from "./report.js";

/** Settings of `createUpdater`. */
export interface UpdaterSettings {
  /** The first that serves a repository reads it. */
  readonly registries: readonly RegistryClient[];
  /** The first that accepts an application's write-back settings writes for it. */
  readonly writeBack: readonly WriteBackTarget[];
  readonly clock: Clock;
  /** Parsed `registries.conf`. Default: Docker Hub, and every other host by its name. */
  readonly registriesConf?: readonly RegistryConfig[] | undefined;
  /** Strategies of your own, for applications that were read without them. */
  readonly strategies?: readonly UpdateStrategy[] | undefined;
  readonly logger?: Logger | undefined;
  readonly observer?: Observer | undefined;
  /** Applications (default 10) and metadata reads per image (default 20) at the same time, as upstream. */
  readonly concurrency?:
    | { readonly applications?: number | undefined; readonly metadata?: number | undefined }
    | undefined;
  /** Namespace whose applications get an override file without a namespace in its name. Default `argocd`. */
  readonly controllerNamespace?: string | undefined;
  /** Platform of images whose policy names none. Default `linux/amd64`. */
  readonly platform?: string | undefined;
  readonly commit?: CommitSettings | undefined;
  /** Bounds on a port that never answers, in milliseconds. Default 120,000 and 300,000. */
  readonly timeouts?:
    | { readonly registry?: number | undefined; readonly writeBack?: number | undefined }
    | undefined;
}

/** How commits look. */
export interface CommitSettings {
  /** Go `text/template`; default as Argo CD Image Updater's. */
  readonly template?: string | undefined;
  /** Default `argocd-image-updater <noreply@argoproj.io>`. */
  readonly author?: CommitAuthor | undefined;
}

/** Options of one cycle. */
export interface PlanOptions extends CallOptions {
  /** Plans only images for which this answers true; the others are not looked at. */
  readonly only?: ((image: ImageUnderCare) => boolean) | undefined;
  /** Whether files are read to show them before and after. Default `true`. */
  readonly previews?: boolean | undefined;
}

/** An image as `only` sees it. */
export interface ImageUnderCare {
  readonly application: { readonly name: string; readonly namespace: string };
  readonly alias?: string | undefined;
  /** Registry host as resolved: `docker.io` for an image that names none. */
  readonly host: string;
  /** Path on the registry. */
  readonly path: string;
}

/** Options of `run`. */
export interface RunOptions extends Omit<PlanOptions, "previews"> {
  /** Decides and logs, writes nothing. Default `false`. */
  readonly dryRun?: boolean | undefined;
}

/**
 * Looks up, decides, renders and writes back.
 *
 * One image's or application's failure never stops the others; none of the methods throws for it.
 */
export interface Updater {
  /** Does everything up to the edits and writes nothing. */
  plan(applications: readonly Application[], options?: PlanOptions): Promise<Plan>;
  /** Writes a plan, also one that came out of storage. Edits run on the bytes that are there now. */
  apply(plan: Plan, options?: CallOptions): Promise<UpdateReport>;
  /** Both, without reading files that are not written. */
  run(applications: readonly Application[], options?: RunOptions): Promise<UpdateReport>;
}
