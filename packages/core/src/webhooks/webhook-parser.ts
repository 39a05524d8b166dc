import { z } from "zod";
import { parseRegistryKey } from "../config/registry-key.js";
import type { SecretCarrier } from "./check-secret.js";
import { readQuery, type WebhookRequest } from "./webhook-request.js";
import { refuse, type WebhookRefusal, type WebhookResult } from "./webhook-result.js";

/** How one kind of sender proves who it is and says what was pushed. */
export interface WebhookParser {
  /** Where its secret may stand; the first place that is filled counts. */
  readonly secretIn: readonly SecretCarrier[];
  /** Whether the `Content-Type` must be JSON, must be so if there is one, or does not matter. */
  readonly contentType: "json" | "json-if-given" | "any";
  /**
   * Whether an `OPTIONS` request with `WebHook-Request-Origin` is answered that its events are wanted, as
   * CloudEvents senders ask. Default `false`.
   */
  readonly answersOptions?: boolean | undefined;
  /** Reads the decoded body of a request whose secret is proven. */
  parse(payload: unknown, request: WebhookRequest): WebhookResult;
}

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
  const problem = path === "" ? "is not a JSON object" : `has no usable ${path}`;
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

/** Where the webhook's URL says which registry it is of. */
export const REGISTRY_PARAMETER = "registry_url";

/** The host that the webhook's URL gives its registry; empty when it gives none. */
export function configuredHost(request: Pick<WebhookRequest, "query">): string {
  return registryHost(readQuery(request, REGISTRY_PARAMETER));
}
