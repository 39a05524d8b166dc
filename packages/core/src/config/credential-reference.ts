/** Where a registry's credentials are found, parsed from `[registry=]type:definition`. */
export type CredentialReference =
  | {
      readonly kind: "secret";
      readonly registry?: string | undefined;
      readonly namespace: string;
      readonly name: string;
      readonly field: string;
    }
  | {
      readonly kind: "pullsecret";
      readonly registry?: string | undefined;
      readonly namespace: string;
      readonly name: string;
    }
  | { readonly kind: "env"; readonly registry?: string | undefined; readonly variable: string }
  | { readonly kind: "ext"; readonly registry?: string | undefined; readonly path: string };
