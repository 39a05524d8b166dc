import { RegistryError, type Repository } from "@image-updater/core";
import { refuseApiUrl } from "@image-updater/http";

/** Loose on purpose: registries differ in what they allow; what a URL would take for a path step is not. */
const PATH = /^[A-Za-z0-9_~-][A-Za-z0-9._~-]*(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*$/;

/**
 * `<apiUrl>/v2/<name>`, without a trailing slash.
 *
 * @throws RegistryError `refused-address` when the address or the path cannot be of a registry.
 */
export function repositoryUrl({ host, path, apiUrl }: Repository): string {
  const reason = URL.canParse(apiUrl) ? refuseApiUrl(new URL(apiUrl)) : "it is not a URL";
  const context = { host, repository: path };
  if (reason !== undefined) {
    const message = `${host}: the registry's API address is refused: ${reason}; write https://<host>`;
    throw new RegistryError("refused-address", message, context);
  }
  if (!PATH.test(path)) {
    const message = `${host}: ${JSON.stringify(path)} is not a repository; write it as team/app`;
    throw new RegistryError("refused-address", message, context);
  }
  return `${apiUrl.replace(/(?<!\/)\/+$/, "")}/v2/${path}`;
}
