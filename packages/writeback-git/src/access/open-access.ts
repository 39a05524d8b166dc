import type { RepositoryUrl } from "@image-updater/git-remote";
import {
  openHttpAccess,
  type HttpAccessRequest,
  type HttpAccessSettings,
} from "./open-http-access.js";
import type { SshAccessSettings } from "./open-ssh-access.js";
import type { RepositoryAccess } from "./repository-access.js";

/** Settings of {@link openAccess}. */
export type AccessSettings = HttpAccessSettings & SshAccessSettings;

/** Where, and as whom. */
export interface AccessRequest extends Omit<HttpAccessRequest, "address"> {
  readonly address: RepositoryUrl;
}

/** Opens the way into a repository. */
export async function openAccess(
  settings: AccessSettings,
  { address, ...request }: AccessRequest,
): Promise<RepositoryAccess> {
  if (address.protocol !== "ssh") return openHttpAccess(settings, { ...request, address });
  // With the first repository over SSH: the others do without its modules.
  const { openSshAccess } = await import("./open-ssh-access.js");
  return openSshAccess(settings, address, request.credential);
}
