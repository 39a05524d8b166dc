/** The registry that a name without one means. */
export const DOCKER_HUB = "docker.io";

const LEGACY_DOCKER_HUB = "index.docker.io";
const OFFICIAL_NAMESPACE = "library/";
const MAXIMUM_PATH_LENGTH = 255;

const HOST_LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
const PATH_COMPONENT = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";

const HOST = new RegExp(`^(?:${HOST_LABEL}(?:\\.${HOST_LABEL})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`);
const PATH = new RegExp(`^${PATH_COMPONENT}(?:/${PATH_COMPONENT})*$`);
const IMAGE_ID = /^[a-f0-9]{64}$/;
const DIGEST = /^(?:sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128})$/;

/** Registry and repository of a reference, its tag and digest left aside. */
export interface ImageName {
  readonly registry?: string | undefined;
  readonly repository: string;
}

/** A reference cut at its separators, before anything is judged. */
export interface ReferenceParts {
  readonly name: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** Whether the text is a digest that registries know: algorithm and lower-case hex of its length. */
export function isDigest(text: string): boolean {
  return DIGEST.test(text);
}

/**
 * Cuts `name[:tag][@digest]`. The tag may be any text, so that version constraints fit; a colon that
 * belongs to the registry's port is none of a tag.
 */
export function splitReference(text: string): ReferenceParts {
  const at = text.indexOf("@");
  const named = at === -1 ? text : text.slice(0, at);
  const digest = at === -1 ? undefined : text.slice(at + 1);
  const colon = named.indexOf(":", registryOf(named)?.length ?? 0);
  if (colon === -1) return { name: named, tag: undefined, digest };
  return { name: named.slice(0, colon), tag: named.slice(colon + 1), digest };
}

/**
 * The name by the normalized grammar of distribution/reference, as Argo CD Image Updater shows it:
 * an implied Docker Hub has no registry, and `library/` stays only where the text begins with it.
 *
 * `undefined` when the grammar refuses the name, as it does upper-case paths and bare image IDs.
 */
export function normalizeName(name: string): ImageName | undefined {
  if (IMAGE_ID.test(name)) return undefined;
  const { host, path } = splitHost(name);
  if (path.length > MAXIMUM_PATH_LENGTH || !HOST.test(host) || !PATH.test(path)) return undefined;
  if (host !== DOCKER_HUB) return { registry: host, repository: path };
  const repository =
    path.startsWith(OFFICIAL_NAMESPACE) && !name.startsWith(OFFICIAL_NAMESPACE)
      ? path.slice(OFFICIAL_NAMESPACE.length)
      : path;
  return name.startsWith(DOCKER_HUB) ? { registry: host, repository } : { repository };
}

/** The name cut without judging it: only what looks like a host stands for a registry. */
export function splitName(name: string): ImageName {
  const registry = registryOf(name);
  if (registry === undefined) return { repository: name };
  return { registry, repository: name.slice(registry.length + 1) };
}

function splitHost(name: string): { readonly host: string; readonly path: string } {
  const slash = name.indexOf("/");
  if (slash === -1) return { host: DOCKER_HUB, path: `${OFFICIAL_NAMESPACE}${name}` };
  const first = name.slice(0, slash);
  if (!namesHost(first)) return { host: DOCKER_HUB, path: name };
  const host = first === LEGACY_DOCKER_HUB ? DOCKER_HUB : first;
  const path = name.slice(slash + 1);
  const official = host === DOCKER_HUB && !path.includes("/");
  return { host, path: official ? `${OFFICIAL_NAMESPACE}${path}` : path };
}

function namesHost(component: string): boolean {
  return (
    component === "localhost" || /[.:]/.test(component) || component.toLowerCase() !== component
  );
}

function registryOf(text: string): string | undefined {
  const slash = text.indexOf("/");
  if (slash === -1) return undefined;
  const first = text.slice(0, slash);
  const isHost = first.includes(".") || (first.includes(":") && HOST.test(first));
  return isHost ? first : undefined;
}
