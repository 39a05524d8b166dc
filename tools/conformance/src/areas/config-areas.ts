import {
  createImageReference,
  findDockerCredential,
  parseCredentialReference,
  parseDockerConfig,
  parseUserPassword,
  resolveRegistry,
  type RegistryConfig,
} from "@image-updater/core";
import { parseTagSortMode } from "@image-updater/core/conformance";
import { list, optionalText, record, text } from "../fields.js";
import type { RunCase } from "./area.js";

/** Registries and credentials. */
export const configAreas: Readonly<Record<string, RunCase>> = {
  "registry-endpoint": (input) => {
    const { image, registry, prefixes } = record(input);
    const reference = createImageReference({
      registry: text(registry) === "" ? undefined : text(registry),
      repository: text(image),
    });
    const { endpoint } = resolveRegistry(reference, list(prefixes).map(registryConfig));
    return { prefix: endpoint.prefix ?? "" };
  },
  tagsortmode: (input) => parseTagSortMode(text(input)) ?? { error: true },
  "credential-source": (input) => {
    const { requireRegistryPrefix, value } = record(input);
    const parsed = parseCredentialReference(text(value), {
      requireRegistry: requireRegistryPrefix === true,
    }).value;
    if (parsed === undefined) return { error: true };
    const { kind, registry = "", ...rest } = parsed;
    const { variable, ...fields } = { variable: undefined, ...rest };
    const field = kind === "pullsecret" ? { field: ".dockerconfigjson" } : {};
    const env = variable === undefined ? {} : { env: variable };
    return { type: kind, registry, ...fields, ...field, ...env };
  },
  "credential-env": (input) => parseUserPassword(text(input)) ?? { error: true },
  dockerconfigjson: (input) => {
    const { json, registryUrl } = record(input);
    const config = parseDockerConfig(text(json)).value;
    if (config === undefined) return { error: true };
    const apiUrl = text(registryUrl);
    const found = findDockerCredential(config, { apiUrl });
    return found?.kind === "basic"
      ? { username: found.username, password: found.password }
      : { error: true };
  },
};

function registryConfig(entry: unknown): RegistryConfig {
  const { prefix, default: isDefault } = record(entry);
  const name = optionalText(prefix) ?? "";
  return {
    name,
    apiUrl: `https://${name.split("/")[0] ?? ""}`,
    prefix: name,
    tagSortMode: "unsorted",
    insecure: false,
    isDefault: isDefault === true,
  };
}
