/**
 * The settings of one image as text: what annotations and `ImageUpdater` resources have in common.
 *
 * The shape is the `images[]` entry of the `argocd-image-updater.argoproj.io/v1alpha1` resource.
 */
export interface ImageSettings {
  readonly alias: string;
  /** `[registry/]name[:constraint]` */
  readonly imageName: string;
  readonly commonUpdateSettings?: CommonUpdateSettings | undefined;
  readonly manifestTargets?: ManifestTargets | undefined;
  readonly imagesVerification?: ImagesVerification | undefined;
}

/** The settings that a broader level can give and a narrower one overrides, field by field. */
export interface CommonUpdateSettings {
  readonly updateStrategy?: string | undefined;
  readonly forceUpdate?: boolean | undefined;
  readonly allowTags?: string | undefined;
  readonly ignoreTags?: readonly string[] | undefined;
  readonly pullSecret?: string | undefined;
  readonly platforms?: readonly string[] | undefined;
}

/** Where in the manifests the image is written; at most one of the three. */
export interface ManifestTargets {
  readonly helm?: HelmTarget | undefined;
  readonly kustomize?: { readonly name: string } | undefined;
  readonly plugin?: HelmTarget | undefined;
}

/** Helm parameter (or environment variable) names; `spec` wins over the other two. */
export interface HelmTarget {
  readonly name?: string | undefined;
  readonly tag?: string | undefined;
  readonly spec?: string | undefined;
}

/** Whether a new image must carry a signature, and whose; an absent `enabled` means yes. */
export interface ImagesVerification {
  readonly enabled?: boolean | undefined;
  readonly cosignKey?: CosignKey | undefined;
}

/** The field of a secret that holds a public key; the secret is one of the Application's namespace. */
export interface CosignKey {
  readonly secretName: string;
  readonly key: string;
}
