/** A proxy could not be reached, or refused a tunnel. Internal: it knows no repository. */
export class ProxyError extends Error {
  override readonly name = "ProxyError";
  /** Host and port. */
  readonly proxy: string;
  /** What it answered, if it did. */
  readonly status: number | undefined;

  constructor(
    proxy: string,
    { status, cause }: { readonly status?: number; readonly cause?: unknown },
  ) {
    super(`the proxy ${proxy} gave no tunnel`, { cause });
    this.proxy = proxy;
    this.status = status;
  }
}
