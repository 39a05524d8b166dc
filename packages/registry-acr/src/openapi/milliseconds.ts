import { z } from "zod";

/** Milliseconds since the epoch, which the API writes as a number here and as text there. */
export const milliseconds: z.ZodType<number> = z
  .union([z.number(), z.string().regex(/^\d{1,16}$/)])
  .transform(Number);
