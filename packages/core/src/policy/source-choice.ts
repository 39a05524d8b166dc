/** Which source of a multi-source Application updates are written for. */
export type SourceChoice =
  /** Its place in `spec.sources`, from zero. */
  | { readonly kind: "index"; readonly index: number }
  /** Its `name`, or its `ref`. */
  | { readonly kind: "name"; readonly name: string };
