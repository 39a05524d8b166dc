import { RegistryError } from "@image-updater/core";
import type { RequestPlace } from "./http-message.js";
import { formatPlace } from "./transport-error.js";

/** What a zod schema looks like from here. */
export interface Decoder<T> {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: T }
    | { readonly success: false; readonly error: DecodeFailure };
}

/** Which fields are wrong. */
export interface DecodeFailure {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
}

/**
 * A JSON body in the shape the decoder names.
 *
 * @throws RegistryError `invalid-response` for what is not JSON or has another shape.
 */
export function decodeJson<T>(
  body: Uint8Array,
  decoder: Decoder<T>,
  place: RequestPlace,
  what: string,
): T {
  const value = parseJson(body);
  if (value === undefined) throw invalidBody(`${what} is not JSON`, place);
  const decoded = decoder.safeParse(value);
  if (decoded.success) return decoded.data;
  const [issue] = decoded.error.issues;
  const field = issue === undefined || issue.path.length === 0 ? "" : ` at ${issue.path.join(".")}`;
  throw invalidBody(`${what} has another shape${field}`, place);
}

/** The value of a JSON text in UTF-8, `undefined` when it is none. */
export function parseJson(body: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    return value;
  } catch {
    return undefined;
  }
}

function invalidBody(what: string, place: RequestPlace): RegistryError {
  return new RegistryError("invalid-response", `${formatPlace(place)}: ${what}`, place);
}
