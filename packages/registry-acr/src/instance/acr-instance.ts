/** An instance of ACR, as the OpenAPI wants it named. */
export type AcrInstance =
  | { readonly edition: "personal"; readonly region: string }
  | { readonly edition: "enterprise"; readonly region: string; readonly instanceId: string };

const REGION = /^[a-z0-9-]{1,63}$/;
const INSTANCE_ID = /^cri-[a-z0-9-]{1,63}$/;

/**
 * Reads the `service` of a challenge of ACR: `registry.aliyuncs.com:<region>:…`, which ends in the id
 * of an Enterprise instance (`cri-…`) or else is of the personal edition.
 *
 * What is neither is `undefined`. A region becomes part of a host name, so it is held to one's letters.
 */
export function parseAcrService(service: string): AcrInstance | undefined {
  const [name, region = "", ...rest] = service.split(":");
  const last = rest.at(-1);
  if (name !== "registry.aliyuncs.com" || !REGION.test(region) || last === undefined) {
    return undefined;
  }
  if (!last.startsWith("cri-")) return { edition: "personal", region };
  return INSTANCE_ID.test(last) ? { edition: "enterprise", region, instanceId: last } : undefined;
}

/** A key for maps: the same for the same instance only. */
export function instanceKey(instance: AcrInstance): string {
  return JSON.stringify([instance.region, "instanceId" in instance ? instance.instanceId : null]);
}
