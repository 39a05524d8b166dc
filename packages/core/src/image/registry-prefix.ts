/**
 * Whether an image name begins with a registry in the narrow sense of Argo CD Image Updater: its
 * first component holds a dot. `localhost:5000/app` has no such prefix.
 */
export function hasRegistryPrefix(text: string): boolean {
  const slash = text.indexOf("/");
  return slash !== -1 && text.slice(0, slash).includes(".");
}

/** The name without its registry prefix; a name without one is given back as it is. */
export function shortForm(text: string): string {
  return hasRegistryPrefix(text) ? text.slice(text.indexOf("/") + 1) : text;
}
