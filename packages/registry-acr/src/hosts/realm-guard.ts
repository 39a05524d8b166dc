import type { Repository } from "@image-updater/core";

/**
 * Whether a registry of ACR may name this token server: one of Alibaba Cloud over https, or one on the
 * registry's own host.
 *
 * It comes on top of what every registry is held to.
 */
export function trustsAcrRealm(realm: URL, { apiUrl }: Pick<Repository, "apiUrl">): boolean {
  if (realm.hostname === new URL(apiUrl).hostname) return true;
  return realm.protocol === "https:" && realm.hostname.endsWith(".aliyuncs.com");
}
