import { readFileSync } from "node:fs";

/** A conformance vector of a template area. */
export interface TemplateVector {
  readonly id: string;
  readonly area: string;
  readonly input: {
    readonly template: string;
    readonly appName?: string;
    readonly appNamespace?: string;
    readonly targetKey?: string;
    readonly changes: readonly { image: string; oldTag: string; newTag: string }[];
  };
  readonly expected: string;
}

/** The vectors of an area. */
export function vectorsOf(area: string): readonly TemplateVector[] {
  const url = new URL("../../../../test/vectors/upstream.json", import.meta.url);
  const vectors = JSON.parse(readFileSync(url, "utf8")) as readonly TemplateVector[];
  return vectors.filter((vector) => vector.area === area);
}

/** Alias, and name without the registry, of an image written as `alias=registry/name`. */
export function splitImage(image: string): { readonly alias: string; readonly name: string } {
  const [alias = "", reference = ""] = image.split("=");
  return { alias, name: reference.replace(/^[^/]*[.:][^/]*\//, "") };
}
