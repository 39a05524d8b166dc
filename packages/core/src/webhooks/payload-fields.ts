import { z } from "zod";
import { parseRegistryKey } from "../config/registry-key.js";
import { refuse, type WebhookRefusal } from "./webhook-result.js";

/** A field that is empty when it is absent or no text. */
export const textField: z.ZodCatch<z.ZodString> = z.string().catch("");

/** Decodes the part of a payload that a parser reads, or names the field that is not as it should be. */
export function decodePayload<T>(
  schema: z.ZodType<T>,
  payload: unknown,
): { readonly kind: "decoded"; readonly value: T } | WebhookRefusal {
  const decoded = schema.safeParse(payload);
  if (decoded.success) return { kind: "decoded", value: decoded.data };
  const path = (decoded.error.issues[0]?.path ?? []).map(String).join(".");
  const problem = path === "" ? "is no JSON object" : `has no usable ${path}`;
  return refuse("missing-field", `the payload ${problem}`);
}

/** The full name of a repository, else its namespace and name, else its name. */
export function repositoryName(full: string, namespace: string, name: string): string {
  if (full !== "") return full;
  return namespace === "" || name === "" ? name : `${namespace}/${name}`;
}

/** The host in an address with or without scheme and path. */
export function registryHost(address: string): string {
  return parseRegistryKey(address).host;
}
