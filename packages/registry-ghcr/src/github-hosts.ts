/** The container registry of github.com. */
export const GHCR_HOST = "ghcr.io";

/** Whether the host, in any case, is one of these. */
export function isHostOf(hosts: readonly string[], host: string): boolean {
  return hosts.some((known) => known.toLowerCase() === host.toLowerCase());
}
