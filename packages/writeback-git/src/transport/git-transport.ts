/**
 * Bytes to and from one repository; it knows nothing of objects.
 *
 * It throws `WriteBackError` and nothing else. When `receivePack` throws `unavailable`, `timeout` or
 * `invalid-response`, the outcome of the push is unknown.
 */
export interface GitTransport {
  /** The repository's URL for messages. */
  readonly target: string;
  /** Makes text of the server fit for a message: short, and without secrets. */
  clean(text: string): string;
  /** The advertisement of `git-upload-pack`. */
  advertisement(signal?: AbortSignal): Promise<Uint8Array>;
  uploadPack(request: Uint8Array, signal?: AbortSignal): Promise<Uint8Array>;
  receivePack(request: Uint8Array, signal?: AbortSignal): Promise<Uint8Array>;
}
