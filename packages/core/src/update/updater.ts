import type { Application } from "../application/application.js";
import type { RegistryConfig } from "../config/registry-config.js";
import type { CallOptions } from "../ports/cancel-signal.js";
import type { Clock } from "../ports/clock.js";
import type { FactsCache } from "../ports/facts-cache.js";
import type { Logger } from "../ports/logger.js";
import type { Observer } from "../ports/observer.js";
import type { RegistryClient } from "../ports/registry-client.js";
import type { CommitAuthor, WriteBackTarget } from "../ports/write-back-target.js";
import type { UpdateStrategy } from "../strategy/update-strategy.js";
import type { PushEvent } from "../webhooks/webhook-result.js";
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
  /**
   * Remembers what tags and digests were, so that a cycle asks only for what is new. Default: in
   * memory, for as long as this updater lives.
   */
  readonly cache?: FactsCache | undefined;
  /**
   * How long a tag is taken to point to what it last pointed to while it is not the chosen one, in
   * milliseconds. Default: for good, as upstream. The chosen tag is looked at in every cycle.
   */
  readonly tagTtl?: number | undefined;
  /** Default: nothing is logged. What it throws is ignored. */
  readonly logger?: Logger | undefined;
  /** What it throws is ignored. */
  readonly observer?: Observer | undefined;
  /**
   * How much happens at the same time: `applications` bounds the images of one registry host and the
   * repositories of one Git host that are read or written (default 10), `metadata` the metadata reads
   * per image (default 20). Hosts do not wait for each other.
   */
  readonly concurrency?:
    | { readonly applications?: number | undefined; readonly metadata?: number | undefined }
    | undefined;
  /**
   * How long, in milliseconds, what is decided for a branch waits for the next decision on the same
   * branch, so that they share a push. Default 1000. A branch whose applications are all decided waits
   * for nothing, and one whose applications are decided one by one waits ten times as long at most.
   */
  readonly batchWaitMs?: number | undefined;
  /** Namespace whose applications get an override file without a namespace in its name. Default `argocd`. */
  readonly controllerNamespace?: string | undefined;
  /**
   * Namespaces whose Applications may name programs (`ext:`) and variables (`env:`) of this process as
   * the credentials of an image. Default none: whoever may write an Application could have any program
   * run, and any variable sent to a registry of their choice. `registries.conf` may always name them.
   */
  readonly trustedNamespaces?: readonly string[] | undefined;
  /** Platform of images whose policy names none. Default `linux/amd64`. */
  readonly platform?: string | undefined;
  readonly commit?: CommitSettings | undefined;
  readonly timeouts?: UpdaterTimeouts | undefined;
}

/**
 * Bounds on ports that do not answer, in milliseconds. The signal of a call that is given up is aborted;
 * a target that does not listen to it may still have written.
 */
export interface UpdaterTimeouts {
  /** One call of a registry client, without the time it waits for its turn. Default 120,000. */
  readonly registry?: number | undefined;
  /** The longest that one call of a registry client waits for its turn. Default 3,600,000. */
  readonly turn?: number | undefined;
  /**
   * One call of the facts cache; it is not asked again in a cycle in which it missed that. Default 5,000.
   */
  readonly cache?: number | undefined;
  /** Reading files of one repository. Default: as `writeBack`. */
  readonly read?: number | undefined;
  /**
   * Reading files of an application's own repository where another one is written to: they only tell what
   * would hide the update. Default 10,000, or as `read` where that is less.
   */
  readonly readSource?: number | undefined;
  /** Writing one branch of a repository, or one Application. Default 300,000. */
  readonly writeBack?: number | undefined;
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
  /**
   * Plans only images that a push event is about, or for which this answers true. The others are not
   * looked at, and applications without any such image are left out.
   */
  readonly only?: ImageFilter | undefined;
  /**
   * Whether files are read: to show them before and after, and to find what hides a value and which
   * parameters a new override file would hide. Default `true`; without, a plan is made of the
   * Application alone, and what only files tell is not held against it.
   */
  readonly previews?: boolean | undefined;
}

/** Which images a cycle looks at. */
export type ImageFilter = ((image: ImageUnderCare) => boolean) | PushEvent;

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
  /**
   * Decides and logs, asks Git for nothing and writes nothing. What only files tell is not seen, as with
   * `plan` without previews: a place that hides the update, a file that cannot be edited, parameters that
   * a new override file would hide. `plan` sees them and writes nothing either. Default `false`.
   */
  readonly dryRun?: boolean | undefined;
}

/**
 * Looks up, decides, renders and writes back.
 *
 * One image's or application's failure never stops the others; none of the methods throws for it. An
 * aborted signal ends all waiting for reads and begins no write; what had begun is in the report.
 */
export interface Updater {
  /** Does everything up to the edits and writes nothing. */
  plan(applications: readonly Application[], options?: PlanOptions): Promise<Plan>;
  /**
   * Writes a plan, also one that came out of storage. Edits run on the bytes that are there now.
   *
   * @throws WriteBackError `unsupported` for a plan of another contract.
   */
  apply(plan: Plan, options?: CallOptions): Promise<UpdateReport>;
  /** Both. Files are read, and not shown. */
  run(applications: readonly Application[], options?: RunOptions): Promise<UpdateReport>;
}
