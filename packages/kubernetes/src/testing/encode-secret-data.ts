import type { KubernetesObject } from "./kubernetes-object.js";

/** Encodes what people write into a secret as text, `stringData`, into its `data`. */
export function encodeSecretData(object: KubernetesObject): KubernetesObject {
  const { stringData, ...secret } = object;
  if (object.kind !== "Secret" || !isObject(stringData)) return object;
  const encoded = Object.entries(stringData).map(([key, value]) => [
    key,
    Buffer.from(String(value)).toString("base64"),
  ]);
  const data = isObject(secret["data"]) ? secret["data"] : {};
  const { apiVersion, kind, metadata } = object;
  return {
    ...secret,
    apiVersion,
    kind,
    metadata,
    data: { ...data, ...Object.fromEntries(encoded) },
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
