import {
  CredentialError,
  type CallOptions,
  type SecretData,
  type SecretKey,
  type SecretReader,
} from "@image-updater/core";
import { z } from "zod";
import { callResource } from "../api/call-resource.js";
import type { KubernetesApi } from "../api/kubernetes-api.js";
import { KubernetesError } from "../api/kubernetes-error.js";
import { listResources } from "../api/list-resources.js";
import { parseNamespaces } from "../api/namespaces.js";
import { SECRETS } from "../api/resource.js";
import { credentialErrorOf } from "./credential-error-of.js";
import { decodeSecretValue } from "./decode-secret-value.js";
import { formatLabelSelector } from "./format-label-selector.js";

/** Settings of {@link kubernetesSecrets}. */
export interface KubernetesSecretsSettings {
  readonly api: KubernetesApi;
  /** The only namespaces that secrets are read from; default every namespace that the server allows. */
  readonly namespaces?: readonly string[] | undefined;
}

/**
 * Reads secrets of a cluster, at each use anew.
 *
 * A secret outside of `namespaces` is `forbidden-namespace`, and no request is made for it. A field that
 * is not UTF-8 text is `invalid-secret` when it is read, and left out of a list and of all fields.
 *
 * @throws KubernetesError `invalid-config` at once for a namespace that is none.
 */
export function kubernetesSecrets(settings: KubernetesSecretsSettings): SecretReader {
  const { api } = settings;
  const namespaces =
    settings.namespaces === undefined
      ? undefined
      : new Set(parseNamespaces("namespaces", settings.namespaces));

  const refuseForeign = (namespace: string, reference: string): void => {
    if (namespaces?.has(namespace) ?? true) return;
    const allowed = [...(namespaces ?? [])].join(", ");
    const message = `${reference}: secrets are read from the namespaces ${allowed} only`;
    throw new CredentialError("forbidden-namespace", message, { reference });
  };

  return {
    contract: "secret-reader/1",
    async read(key, options): Promise<string> {
      const reference = `secret:${key.namespace}/${key.name}#${key.key}`;
      refuseForeign(key.namespace, reference);
      return fieldOf(await readSecret(api, key, reference, options), key, reference);
    },
    async readAll(name, options): Promise<SecretData> {
      const reference = `secret:${name.namespace}/${name.name}`;
      refuseForeign(name.namespace, reference);
      return toSecretData(await readSecret(api, name, reference, options));
    },
    async list({ namespace, labels }, options): Promise<readonly SecretData[]> {
      const reference = `secret:${namespace}/*`;
      refuseForeign(namespace, reference);
      try {
        const labelSelector = formatLabelSelector(labels);
        const selection = { resource: SECRETS, namespace, labelSelector };
        const { objects } = await listResources(api, selection, options?.signal);
        return objects.map((object) => toSecretData(decodeSecret(object)));
      } catch (error) {
        throw credentialErrorOf(error, reference);
      }
    },
  };
}

const secret = z.object({
  metadata: z.object({
    namespace: z.string(),
    name: z.string(),
    labels: z.record(z.string(), z.string()).nullish(),
  }),
  data: z.record(z.string(), z.string()).nullish(),
});

type Secret = z.infer<typeof secret>;

async function readSecret(
  api: KubernetesApi,
  { namespace, name }: Omit<SecretKey, "key">,
  reference: string,
  options: CallOptions | undefined,
): Promise<Secret> {
  try {
    const call = { resource: SECRETS, namespace, name, verb: "get" } as const;
    return decodeSecret(await callResource(api, call, { signal: options?.signal }));
  } catch (error) {
    throw credentialErrorOf(error, reference);
  }
}

/** The cause is left out: it would quote what was found. */
function decodeSecret(object: unknown): Secret {
  const { data } = secret.safeParse(object);
  if (data !== undefined) return data;
  const message = "the answer of the API server is not a secret";
  throw new KubernetesError("invalid-response", message, { resource: "secrets" });
}

function fieldOf({ data }: Secret, { namespace, name, key }: SecretKey, reference: string): string {
  const encoded =
    data !== undefined && data !== null && Object.hasOwn(data, key) ? data[key] : undefined;
  if (encoded === undefined) {
    const message = `secret ${namespace}/${name} has no field "${key}"`;
    throw new CredentialError("not-found", message, { reference });
  }
  const text = decodeSecretValue(encoded);
  if (text !== undefined) return text;
  const message = `field "${key}" of secret ${namespace}/${name} is not text; write it as UTF-8, encoded once`;
  throw new CredentialError("invalid-secret", message, { reference });
}

function toSecretData({ metadata, data }: Secret): SecretData {
  const fields = Object.entries(data ?? {}).flatMap(([key, encoded]) => {
    const text = decodeSecretValue(encoded);
    return text === undefined ? [] : [[key, text] as const];
  });
  const { namespace, name, labels } = metadata;
  return { namespace, name, labels: labels ?? {}, data: new Map(fields) };
}
