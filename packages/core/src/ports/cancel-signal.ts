/**
 * The host's `AbortSignal`, without tying the core to DOM or Node types.
 *
 * Wherever a consumer compiles with DOM or Node types, this alias *is* `AbortSignal`.
 */
export type CancelSignal = typeof globalThis extends { AbortSignal: { prototype: infer S } }
  ? S
  : { readonly aborted: boolean };

/** What every call of a port may be given. */
export interface CallOptions {
  /** Ends the call early; the port then throws its error with code `cancelled`. */
  readonly signal?: CancelSignal | undefined;
}
