import {
  type ImageName,
  normalizeName,
  splitName,
  splitReference,
} from "../image/reference-grammar.js";

/** An entry of `kustomize.images` of an Application, `[alias=][registry/]repository[:tag][@digest]`. */
export interface KustomizeEntry extends ImageName {
  /** The entry as it was written. */
  readonly text: string;
  /** The image name in the manifests that the entry replaces. */
  readonly alias?: string | undefined;
  /** The image without tag and digest, as written. */
  readonly name: string;
  readonly tag?: string | undefined;
  readonly digest?: string | undefined;
}

/** Reads an entry of `kustomize.images`. Any text is one; an empty tag or digest counts as none. */
export function parseKustomizeEntry(text: string): KustomizeEntry {
  const equals = text.indexOf("=");
  const { name, tag, digest } = splitReference(text.slice(equals + 1));
  return {
    text,
    alias: equals > 0 ? text.slice(0, equals) : undefined,
    name,
    ...(normalizeName(name) ?? splitName(name)),
    tag: tag || undefined,
    digest: digest || undefined,
  };
}
