import type { KustomizationImage } from "../../src/ports/edits.js";

/**
 * What Kustomize makes of a container's image: the rule of its image transformer (kustomize api,
 * `filters/imagetag`), written down once more and without any of our code.
 *
 * Every entry is applied to what the one before it left. Its name is compared as text.
 */
export function renderImage(container: string, images: readonly KustomizationImage[]): string {
  return images.reduce(applyImage, container);
}

/**
 * What Argo CD makes of `kustomize.images`: `kustomize edit set image` puts the entries into the
 * kustomization, the later one of a name counts, sorted by name.
 */
export function renderWithArgoCd(container: string, entries: readonly string[]): string {
  const byName = new Map(entries.map(parseArgument).map((image) => [image.name, image]));
  const names = [...byName.keys()].toSorted((left, right) => (left < right ? -1 : 1));
  return renderImage(
    container,
    names.flatMap((name) => byName.get(name) ?? []),
  );
}

function applyImage(container: string, image: KustomizationImage): string {
  const match = /^(?<name>.*?)(?::(?<tag>[a-zA-Z0-9_.{}-]*))?(?:@(?<digest>sha256:[a-z0-9]*))?$/u;
  const { name = "", tag = "", digest = "" } = match.exec(container)?.groups ?? {};
  if (name !== image.name) return container;
  const [newTag, newDigest] = [image.newTag ?? "", image.digest ?? ""];
  const isPinned = newTag !== "" || newDigest !== "";
  const version = isPinned ? { tag: newTag, digest: newDigest } : { tag, digest };
  const tagged = `${image.newName ?? name}${version.tag === "" ? "" : `:${version.tag}`}`;
  return version.digest === "" ? tagged : `${tagged}@${version.digest}`;
}

/** `name=newName:tag@digest`, as `kustomize edit set image` takes it. */
function parseArgument(text: string): KustomizationImage {
  const [left = "", right] = text.split("=");
  const match = /^(?<name>.*?)(?::(?<tag>[^:/@]*))?(?:@(?<digest>.*))?$/u.exec(right ?? left);
  const { name = "", tag, digest } = match?.groups ?? {};
  return {
    name: right === undefined ? name : left,
    ...(right === undefined ? {} : { newName: name }),
    ...(tag === undefined ? {} : { newTag: tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}
