/** A Helm parameter of an Application or of an override file. */
export interface HelmParameter {
  readonly name: string;
  readonly value: string;
  readonly forceString?: boolean | undefined;
}

/** A variable of a config management plugin. */
export interface EnvironmentVariable {
  readonly name: string;
  readonly value: string;
}

/**
 * What goes into `.argocd-source-<app>.yaml` or into the source of an Application. Exactly one of the
 * three is set.
 *
 * `keepExisting` names the entries (parameter or variable names, or whole image entries) that are
 * written only where the place has none of the same identity: values of the Application's spec that a
 * new override file would otherwise hide, because Argo CD replaces lists as a whole when it merges
 * the file.
 */
export type ArgoCdSourceChanges =
  | {
      readonly helm: {
        readonly parameters: readonly HelmParameter[];
        readonly keepExisting?: readonly string[] | undefined;
      };
    }
  | {
      readonly kustomize: {
        readonly images: readonly string[];
        readonly keepExisting?: readonly string[] | undefined;
      };
    }
  | {
      readonly plugin: {
        readonly env: readonly EnvironmentVariable[];
        readonly keepExisting?: readonly string[] | undefined;
      };
    };

/** One value of a Helm values file. */
export interface HelmValueChange {
  /** Path as users write it: `image.tag`, `images[1].tag`. */
  readonly path: string;
  readonly value: string;
  /** Written instead of `value` where the present value names no registry. */
  readonly shortValue?: string | undefined;
}

/** An entry of `images:` in a kustomization. */
export interface KustomizationImage {
  readonly name: string;
  readonly newName?: string | undefined;
  readonly newTag?: string | undefined;
  readonly digest?: string | undefined;
}

/** A change of a file in a repository, as data: `applyEdit` turns old bytes into new ones. */
export type FileEdit =
  | {
      readonly kind: "argocd-source";
      /** From the repository's root, without a leading slash. */
      readonly path: string;
      readonly changes: ArgoCdSourceChanges;
    }
  | {
      readonly kind: "helm-values";
      readonly path: string;
      readonly changes: readonly HelmValueChange[];
    }
  | {
      readonly kind: "kustomization";
      /** The file to edit; while planning, the first of `candidates`. */
      readonly path: string;
      /** File names to look for, in order; the first that exists is the one to edit. */
      readonly candidates: readonly string[];
      readonly images: readonly KustomizationImage[];
    };

/** What tells a source of an Application from the others of its list; each as far as it has it. */
export interface SourceMarks {
  readonly repoURL?: string | undefined;
  readonly path?: string | undefined;
  readonly chart?: string | undefined;
  readonly ref?: string | undefined;
  readonly name?: string | undefined;
}

/** What the Application's spec should hold; `renderApplicationPatch` makes the JSON Patch of it. */
export interface ApplicationPatchEdit {
  readonly kind: "application-patch";
  /** JSON pointer of the source in the manifest: `/spec/source`, `/spec/sources/1`. */
  readonly source: string;
  /** The source of a list as the plan saw it: its place is another one once somebody reorders it. */
  readonly marks?: SourceMarks | undefined;
  readonly changes: ArgoCdSourceChanges;
}

/** Everything a plan can ask a write-back target to do. Plain JSON. */
export type Edit = FileEdit | ApplicationPatchEdit;
