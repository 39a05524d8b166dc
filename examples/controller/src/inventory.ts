import type {
  ApplicationClient,
  ApplicationSource,
  CallOptions,
  ErrorSummary,
  ImageUpdaterStatus,
  SecretReader,
  UpdateReport,
} from "@image-updater/core";
import type { Trigger } from "./trigger.js";

/** What the controller finds around it, and where it leaves its traces: a cluster, or a folder. */
export interface Inventory {
  /** Namespace of Argo CD and of its repositories' credentials. */
  readonly argoCdNamespace: string;
  readonly applications: ApplicationSource;
  /** For the write-back method `argocd`. */
  readonly client: ApplicationClient;
  readonly secrets: SecretReader;
  /** All ImageUpdater resources, as decoded JSON; none where their kind is not known. */
  listImageUpdaters(options: CallOptions): Promise<readonly unknown[]>;
  /** Writes the status of an ImageUpdater. */
  saveStatus(
    resource: { readonly namespace: string; readonly name: string },
    status: ImageUpdaterStatus,
  ): Promise<void>;
  /** Takes a finalizer off an ImageUpdater. Absent where there are none. */
  removeFinalizer?(resource: {
    readonly namespace: string;
    readonly name: string;
    readonly finalizer: string;
  }): Promise<void>;
  /** One text of a config map; undefined where there is none. */
  readConfigMap(
    map: { readonly namespace?: string | undefined; readonly name: string; readonly key: string },
    options: CallOptions,
  ): Promise<string | undefined>;
  /** Leaves events on the Applications of a report; answers why some could not be. Never throws for one. */
  recordEvents(report: UpdateReport): Promise<readonly ErrorSummary[]>;
  /**
   * Tells which ImageUpdaters change, until the signal is aborted, or at once where their kind is not
   * known: it may be later. Absent where none can be watched.
   */
  watchImageUpdaters?(onChange: (trigger: Trigger) => void, options: CallOptions): Promise<void>;
}
