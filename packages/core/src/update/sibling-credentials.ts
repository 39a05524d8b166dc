import { parseRegistryKey } from "../config/registry-key.js";
import type { RegistryConfig } from "../config/registry-config.js";
import type { ResolvedRegistry } from "../config/resolve-registry.js";
import { siblingHosts } from "../config/sibling-hosts.js";
import type { Diagnostic } from "../errors/diagnostic.js";
import { fullName } from "../image/image-names.js";
import type { ImagePolicy } from "../policy/image-policy.js";
import type { Facts } from "../ports/facts.js";

/**
 * Credentials for a sibling of the image's host, and none for the host itself, are a likely slip: a
 * warning, and an error when the registry could not be read.
 */
export function findSiblingCredentials(
  policy: ImagePolicy,
  { repository: { host }, endpoint }: ResolvedRegistry,
  registries: readonly RegistryConfig[],
  facts: Facts,
): readonly Diagnostic[] {
  if (endpoint.credentials !== undefined || policy.pullSecret !== undefined) return [];
  const known = registries
    .filter(({ credentials }) => credentials !== undefined)
    .map(({ prefix, apiUrl }) => parseRegistryKey(prefix ?? apiUrl).host);
  const siblings = siblingHosts(host, known);
  if (siblings.length === 0) return [];
  const severity = isKnown(facts) ? "warning" : "error";
  const where = { host, image: policy.alias ?? fullName(policy.image) };
  const message = `credentials are configured for ${siblings.join(", ")} but none for ${host}, which the image uses; add an entry with prefix ${host} to registries.conf`;
  return [{ severity, code: "sibling-host-credentials", where, message }];
}

/** Whether the registry answered all that was asked. */
export function isKnown(facts: Facts): boolean {
  return facts.kind === "tags" && facts.tags.every(({ details }) => details?.kind !== "unreadable");
}
