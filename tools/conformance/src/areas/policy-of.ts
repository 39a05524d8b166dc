import {
  parseImagePolicy,
  parseImageReference,
  type ImagePolicy,
  type ImageReference,
} from "@image-updater/core";

/** A policy out of the few fields that cases give. */
export function policyOf(fields: {
  readonly image: string;
  readonly strategy?: string | undefined;
  readonly kustomizeName?: string | undefined;
}): ImagePolicy {
  const kustomize = fields.kustomizeName ?? "";
  const { value, diagnostics } = parseImagePolicy({
    alias: "",
    imageName: fields.image,
    commonUpdateSettings: { updateStrategy: fields.strategy },
    ...(kustomize === "" ? {} : { manifestTargets: { kustomize: { name: kustomize } } }),
  });
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}

/** A reference that a case gives; it must parse. */
export function referenceOf(text: string): ImageReference {
  const { value } = parseImageReference(text);
  if (value === undefined) throw new Error(`not a reference: ${text}`);
  return value;
}
