import type { CallOptions } from "./cancel-signal.js";

/** One step of a JSON Patch (RFC 6902) that this SDK makes. */
export type JsonPatchOperation =
  | { readonly op: "test" | "add" | "replace"; readonly path: string; readonly value: unknown }
  | { readonly op: "remove"; readonly path: string };

/** What a watch saw. */
export type ApplicationChange =
  | {
      /** All there are at this moment: forget what is not among them. Comes first, and after a gap. */
      readonly kind: "listed";
      readonly manifests: readonly unknown[];
    }
  | { readonly kind: "changed"; readonly manifest: unknown }
  | { readonly kind: "removed"; readonly namespace: string; readonly name: string };

/** Lists the Applications to care for. */
export interface ApplicationSource {
  /** Version of this contract. */
  readonly contract: "application-source/1";
  /** All manifests, as decoded JSON. */
  list(options?: CallOptions): Promise<readonly unknown[]>;
  /** Optional: the Applications as they change, until the signal is aborted; reconnects by itself. */
  watch?(options?: CallOptions): AsyncIterable<ApplicationChange>;
}

/**
 * Reads and patches one Application.
 *
 * The project, where the caller knows it, is that of the Application: a hint for servers that otherwise
 * do not tell what is absent from what is forbidden. Other clients pass over it.
 */
export interface ApplicationClient {
  /** Version of this contract. */
  readonly contract: "application-client/1";
  /** The manifest as decoded JSON; throws ApplicationError `not-found`. */
  get(
    name: {
      readonly namespace: string;
      readonly name: string;
      readonly project?: string | undefined;
    },
    options?: CallOptions,
  ): Promise<unknown>;
  /** Applies the patch and answers the new manifest; throws ApplicationError `conflict` when a `test` failed. */
  patch(
    name: {
      readonly namespace: string;
      readonly name: string;
      readonly project?: string | undefined;
    },
    patch: readonly JsonPatchOperation[],
    options?: CallOptions,
  ): Promise<unknown>;
}
