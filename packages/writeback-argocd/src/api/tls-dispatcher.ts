import { refuseIgnoredSettings } from "@image-updater/http";
import { Agent, type Dispatcher } from "undici";

/** What decides which certificates are trusted. */
export interface TlsSettings {
  readonly dispatcher?: Dispatcher | undefined;
  readonly ca?: string | undefined;
  readonly insecure?: boolean | undefined;
}

/**
 * The dispatcher of the settings, or one with their authorities; undefined for undici's global one.
 *
 * Throws TypeError when both are given, as a dispatcher brings its own trust, and for what this runtime
 * ignores.
 */
export function createTlsDispatcher({
  dispatcher,
  ca,
  insecure = false,
}: TlsSettings): Dispatcher | undefined {
  refuseIgnoredSettings("createArgoCdApiClient", { dispatcher, ca, insecure });
  const hasTrust = ca !== undefined || insecure;
  if (!hasTrust) return dispatcher;
  if (dispatcher !== undefined) {
    throw new TypeError(
      "createArgoCdApiClient: the settings ca and insecure have no effect beside a dispatcher; set them in the dispatcher",
    );
  }
  return new Agent({ connect: { ...(ca !== undefined && { ca }), rejectUnauthorized: !insecure } });
}
