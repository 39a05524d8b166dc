/**
 * Bytes to and from one repository; it knows nothing of references and objects.
 *
 * It throws `GitRemoteError` and nothing else. A request is sent when its answer begins to be read; a
 * reader goes on to the last flush packet of what it asked for, and what may follow is disposed of.
 * When `receivePack` throws `unavailable`, `timeout` or `invalid-response`, the outcome of the push is
 * unknown.
 *
 * It suits requests that stand alone, as over HTTP, and a channel that stays open, as over SSH. There,
 * `uploadPack` opens a channel and reads past its greeting when none is open, in protocol versions
 * before 2 for each request; and `receivePack` goes on where `pushGreeting` ended, or reads past the
 * references that come first.
 */
export interface GitTransport {
  /** The repository's URL for messages. */
  readonly target: string;
  /** Makes text of the server fit for a message: short, and without secrets. */
  clean(text: string): string;
  /** What `git-upload-pack` says first, now: its capabilities in protocol version 2, its references before. */
  greeting(signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** Sends a request to `git-upload-pack`; an answer over the limit is `too-large`. */
  uploadPack(
    request: Uint8Array,
    limits: { readonly maxBytes: number; readonly signal?: AbortSignal | undefined },
  ): AsyncIterable<Uint8Array>;
  /** What `git-receive-pack` says first: at least its capabilities. */
  pushGreeting(signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** Sends a push, made for what a greeting said. */
  receivePack(request: Uint8Array, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** Called before references are asked for again: a channel that is open may remember old ones. */
  renew?(): void;
}
