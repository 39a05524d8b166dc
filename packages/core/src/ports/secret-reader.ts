import type { CallOptions } from "./cancel-signal.js";

/** One field of one secret. */
export interface SecretKey {
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
}

/** A secret with all its fields, decoded. */
export interface SecretData {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly data: ReadonlyMap<string, string>;
}

/** Reads secrets. Values are asked for at each use, so rotation needs no restart. */
export interface SecretReader {
  /** Version of this contract. */
  readonly contract: "secret-reader/1";

  /**
   * The field's text.
   *
   * @throws CredentialError `not-found` when the secret or the field does not exist.
   */
  read(key: SecretKey, options?: CallOptions): Promise<string>;

  /**
   * Optional: all fields of one secret in one call, as they are at one moment. A field that is not text
   * is left out.
   *
   * @throws CredentialError `not-found` when the secret does not exist.
   */
  readAll?(
    secret: { readonly namespace: string; readonly name: string },
    options?: CallOptions,
  ): Promise<SecretData>;

  /** Secrets of a namespace that carry all of the labels. */
  list(
    query: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> },
    options?: CallOptions,
  ): Promise<readonly SecretData[]>;
}
