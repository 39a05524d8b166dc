import { z } from "zod";

/** Which object it is, and which state of it. */
export interface ObjectIdentity {
  /** Empty for objects that are in none. */
  readonly namespace: string;
  readonly name: string;
  readonly resourceVersion: string | undefined;
}

const named = z.object({
  metadata: z.object({
    namespace: z.string().default(""),
    name: z.string().default(""),
    resourceVersion: z.string().optional(),
  }),
});

/** The identity of an object; a bookmark's has no name. `undefined` for what is not an object. */
export function objectName(object: unknown): ObjectIdentity | undefined {
  const { data } = named.safeParse(object);
  if (data === undefined) return undefined;
  const { namespace, name, resourceVersion } = data.metadata;
  return { namespace, name, resourceVersion };
}
