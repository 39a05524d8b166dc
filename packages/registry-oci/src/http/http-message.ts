import type { RegistryErrorContext } from "@image-updater/core";
import type { Redactor } from "@image-updater/http";
import type { Dispatcher } from "undici";
import type { Call } from "./call.js";
import type { RateLimit } from "./rate-limit.js";

/** What a request is about; every error of it names this place. */
export type RequestPlace = Pick<RegistryErrorContext, "host" | "repository" | "reference">;

/** One request, before retries and redirects. */
export interface HttpRequest extends Call {
  readonly method: "GET" | "HEAD" | "POST";
  readonly url: URL;
  readonly place: RequestPlace;
  /** Header names in lower case; none of them secret, as they go along with a redirect. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The `Authorization` header: sent to the URL's own origin and to no other. */
  readonly authorization?: string | undefined;
  readonly body?: string | undefined;
  /** What nobody may read of the rest: in the body, in headers, in the URL. Of `authorization` all is. */
  readonly secrets?: readonly string[] | undefined;
  /** Learns what is sent. Default: one of this request's own. */
  readonly redactor?: Redactor | undefined;
  /** Most bytes of an answer that is not an error. */
  readonly bodyLimit: number;
  /**
   * `same-origin` follows redirects on the URL's own origin only, and no 303, which leads to something
   * else than was asked for: such a redirect is the answer. Default every redirect that is safe.
   */
  readonly redirects?: "same-origin" | undefined;
  /** Instead of the client's dispatcher. */
  readonly dispatcher?: Dispatcher | undefined;
  /** Taken from before each request to the URL's own origin. */
  readonly rate?: RateLimit | undefined;
}

/** An answer, read to its end. */
export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; a repeated header is joined with commas. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
  /** Where the answer came from, after redirects. */
  readonly url: URL;
  /** Hides what its server was sent: to go over everything that a message quotes of it. */
  readonly redactor?: Pick<Redactor, "redact"> | undefined;
}
