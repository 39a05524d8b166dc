import type { Dispatcher, Pool } from "undici";
import { unusableConnection } from "./tls-trust.js";

/** An HTTP proxy, taken apart. */
export interface HttpProxy {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Host and port, for messages. */
  readonly host: string;
  /** What it wants to be sent; empty for a proxy without users. */
  readonly authorization: Readonly<Record<string, string>>;
}

/**
 * Takes the URL of a proxy apart; without a scheme it is `http://`, as in the variable `HTTPS_PROXY`.
 *
 * Throws a `CredentialError` for a URL of another kind; its user and password are in no message.
 */
export function parseHttpProxy(text: string, reference: string): HttpProxy {
  const url = text.includes("://") ? text : `http://${text}`;
  if (!URL.canParse(url) || !/^https?:\/\/[^/]/iu.test(url)) {
    throw unusableConnection(reference, "proxy", "should be a URL of the form http://host:port");
  }
  const { origin, host, username, password } = new URL(url);
  if (username === "" && password === "") return { origin, host, authorization: {} };
  const user = Buffer.from(`${decode(username)}:${decode(password)}`).toString("base64");
  return { origin, host, authorization: { "proxy-authorization": `Basic ${user}` } };
}

/** Sends requests for `http://` URLs through a proxy, which sees all of them (RFC 9112, section 3.2.2). */
export function forwardTo(
  { origin, authorization }: HttpProxy,
  pool: Pool,
): Dispatcher["dispatch"] {
  return (options, handler) => {
    const target = new URL(options.path, options.origin);
    const headers = { ...headersOf(options), host: target.host, ...authorization };
    return pool.dispatch({ ...options, origin, path: target.href, headers }, handler);
  };
}

type Headers = Record<string, string | string[] | undefined>;

function headersOf({ headers }: Dispatcher.DispatchOptions): Headers {
  if (headers === null || headers === undefined) return {};
  if (!Array.isArray(headers)) {
    return Symbol.iterator in headers ? Object.fromEntries(headers) : { ...headers };
  }
  // Names and values in turn.
  const names = headers.filter((_, index) => index % 2 === 0);
  return Object.fromEntries(names.map((name, index) => [name, headers[index * 2 + 1]]));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
