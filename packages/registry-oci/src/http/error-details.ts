import { z } from "zod";
import { parseJson } from "./decode-json.js";
import type { HttpResponse } from "./http-message.js";

/** What a registry says about an error, by the distribution specification. */
export interface RegistryErrorDetail {
  /** In upper case: `MANIFEST_UNKNOWN`. */
  readonly code: string;
  readonly message?: string | undefined;
}

/** The `errors` of an error body; none when the body is anything else. */
export function errorDetails({ body }: Pick<HttpResponse, "body">): readonly RegistryErrorDetail[] {
  const parsed = errorSchema.safeParse(parseJson(body));
  return parsed.success ? parsed.data.errors : [];
}

const errorSchema = z.object({
  errors: z.array(
    z.object({
      code: z.string().transform((code) => code.toUpperCase()),
      message: z.string().optional().catch(undefined),
    }),
  ),
});
