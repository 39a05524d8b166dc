import { parseRegistryKey } from "../config/registry-key.js";
import type { RegistryConfig } from "../config/registry-config.js";
import type { ResolvedRegistry } from "../config/resolve-registry.js";
import type { Diagnostic } from "../errors/diagnostic.js";
import { differsByTypo } from "../errors/wording.js";
import { fullName } from "../image/image-names.js";
import type { ImagePolicy } from "../policy/image-policy.js";
import { isKnown } from "./sibling-credentials.js";
import type { Facts } from "../ports/facts.js";

/**
 * An image whose registry has no entry in registries.conf, while the prefix of one comes near: a hint,
 * and a warning when the registry could not be read.
 */
export function findNearEntry(
  policy: ImagePolicy,
  { repository: { host }, endpoint }: ResolvedRegistry,
  registries: readonly RegistryConfig[],
  facts: Facts,
): readonly Diagnostic[] {
  const { image, pullSecret } = policy;
  // Whoever gives the image credentials of its own means no entry.
  if (image.registry === undefined || pullSecret !== undefined) return [];
  if (registries.includes(endpoint)) return [];
  const near = registries.flatMap(({ prefix }) => prefix ?? []).find((one) => isNear(host, one));
  if (near === undefined) return [];
  const severity = isKnown(facts) ? "info" : "warning";
  const where = { host, image: policy.alias ?? fullName(image) };
  const message = `the entry of registries.conf with prefix "${near}" is not used for ${fullName(image)}, since a prefix is a whole host, with its port, or a host and whole parts of a path; if it is meant, write ${host} as its prefix`;
  return [{ severity, code: "near-registry-entry", where, message }];
}

/** The same host in another case, with another port or none, one above or below, or misspelt. */
function isNear(host: string, prefix: string): boolean {
  const wanted = withoutPort(host);
  const found = withoutPort(prefix);
  if (wanted === found || isUnder(wanted, found) || isUnder(found, wanted)) return true;
  return differsByTypo(wanted, found, /[.]/u);
}

function isUnder(inner: string, outer: string): boolean {
  return outer.includes(".") && inner.endsWith(`.${outer}`);
}

function withoutPort(name: string): string {
  return parseRegistryKey(name).host.replace(/:\d+$/u, "");
}
