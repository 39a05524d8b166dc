import type { ManifestSource } from "./application-manifest.js";
import { isMapping, join, yamlOf, type RepositoryTree } from "./repository-tree.js";

/** An image transformation, as `images:` of a kustomization holds it. */
interface ImageChange {
  readonly name: string;
  readonly newName?: string | undefined;
  readonly newTag?: string | undefined;
  readonly digest?: string | undefined;
}

/** A kustomization of one deployment whose containers have these images. */
export function kustomizationFiles(
  path: string,
  images: readonly string[],
): Readonly<Record<string, string>> {
  const containers = images.map(
    (image, index) => `      - name: c${index}\n        image: ${image}\n`,
  );
  return {
    [join(path, "kustomization.yaml")]: "resources:\n- deployment.yaml\n",
    [join(path, "deployment.yaml")]:
      `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: app }\nspec:\n  template:\n    spec:\n      containers:\n${containers.join("")}`,
  };
}

/** The images that Kustomize would give the containers, the Application's own changes last. */
export function renderKustomizeImages(
  tree: RepositoryTree,
  { path, kustomize }: ManifestSource,
): readonly string[] {
  const overrides = (kustomize?.images ?? []).map(parseOverride);
  return build(tree, path).map((image) => transform(image, overrides));
}

function build(tree: RepositoryTree, folder: string): readonly string[] {
  const names = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
  const file = names.map((name) => join(folder, name)).find((path) => tree.has(path));
  if (file === undefined) throw new Error(`${folder} has no kustomization`);
  const { resources, images } = yamlOf(tree, file);
  const changes = listOf(images).flatMap(readChange);
  return listOf(resources)
    .map(String)
    .flatMap((resource) => {
      const text = tree.get(join(folder, resource));
      return text === undefined ? build(tree, join(folder, resource)) : imagesOf(text);
    })
    .map((image) => transform(image, changes));
}

function imagesOf(manifest: string): readonly string[] {
  return [...manifest.matchAll(/image: (?<image>\S+)/gu)].map(
    ({ groups }) => groups?.["image"] ?? "",
  );
}

/** Kustomize replaces tag and digest together. */
function transform(image: string, changes: readonly ImageChange[]): string {
  return changes.reduce((current, change) => {
    const { name, tag, digest } = split(current);
    if (name !== change.name) return current;
    const isKept = change.newTag === undefined && change.digest === undefined;
    return format(
      change.newName ?? name,
      isKept ? tag : change.newTag,
      isKept ? digest : change.digest,
    );
  }, image);
}

/** `[name=]newName[:tag][@digest]`, as `kustomize edit set image` takes it. */
function parseOverride(text: string): ImageChange {
  const [first = "", second] = text.split("=");
  const { name, tag, digest } = split(second ?? first);
  return { name: second === undefined ? name : first, newName: name, newTag: tag, digest };
}

function split(image: string): {
  readonly name: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
} {
  const [rest = "", digest] = image.split("@");
  const colon = rest.lastIndexOf(":");
  const isTag = colon > rest.lastIndexOf("/");
  return {
    name: isTag ? rest.slice(0, colon) : rest,
    tag: isTag ? rest.slice(colon + 1) : undefined,
    digest,
  };
}

function format(name: string, tag: string | undefined, digest: string | undefined): string {
  return `${name}${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
}

function readChange(entry: unknown): readonly ImageChange[] {
  if (!isMapping(entry)) return [];
  const { name, newName, newTag, digest } = entry;
  if (typeof name !== "string") return [];
  return [{ name, newName: textOf(newName), newTag: textOf(newTag), digest: textOf(digest) }];
}

/** A tag that is written like a number is one to YAML; Kustomize refuses it, and so do we. */
function textOf(value: unknown): string | undefined {
  if (value === undefined || typeof value === "string") return value;
  throw new Error(`${JSON.stringify(value)} stands where a kustomization has text`);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
