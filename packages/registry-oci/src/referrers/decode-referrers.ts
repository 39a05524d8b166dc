import { RegistryError, type Referrer } from "@image-updater/core";
import { z } from "zod";
import { parseJson } from "../http/decode-json.js";
import type { RequestPlace } from "../http/http-message.js";
import { formatPlace } from "../http/transport-error.js";
import { isDigest } from "../manifest/digest.js";

/**
 * The entries of an index as referrers; `undefined` for JSON that is not an index.
 *
 * @throws RegistryError `invalid-response` for what is not JSON, or an index with entries that are none.
 */
export function decodeReferrers(
  body: Uint8Array,
  place: RequestPlace,
): readonly Referrer[] | undefined {
  const value = parseJson(body);
  if (value === undefined) throw invalidReferrers("are not JSON", place);
  if (!indexSchema.safeParse(value).success) return undefined;
  const decoded = referrersSchema.safeParse(value);
  if (decoded.success) return decoded.data.manifests ?? [];
  const field = decoded.error.issues[0]?.path.join(".") ?? "";
  throw invalidReferrers(`have another shape at ${field}`, place);
}

/** The error of referrers that cannot be read. */
export function invalidReferrers(what: string, place: RequestPlace): RegistryError {
  const message = `${formatPlace(place)}: the referrers ${what}`;
  return new RegistryError("invalid-response", message, place);
}

/** Some registries write `null` for an empty list. */
const indexSchema = z.object({ manifests: z.array(z.unknown()).nullable() });

const referrerSchema = z
  .object({
    digest: z.string().refine(isDigest),
    artifactType: z.string().nullish(),
    annotations: z.record(z.string(), z.unknown()).nullish(),
  })
  .transform(({ digest, artifactType, annotations }): Referrer => ({
    digest,
    // Go writes an empty text for what is not there.
    ...(artifactType ? { artifactType } : {}),
    annotations: textsOf(annotations ?? {}),
  }));

const referrersSchema = z.object({ manifests: z.array(referrerSchema).nullable() });

/** Annotations are texts; whoever attaches something else must not hide what others attached. */
function textsOf(annotations: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const texts: [string, string][] = [];
  for (const [name, value] of Object.entries(annotations)) {
    if (typeof value === "string") texts.push([name, value]);
  }
  return Object.fromEntries(texts);
}
