/**
 * The platform of images whose policy names none: that of the machine this runs on, as upstream. Nodes of
 * a cluster run Linux, whatever this runs on.
 */
export function imagePlatform(architecture: string): string {
  return `linux/${NAMES.get(architecture) ?? architecture}`;
}

/** Where Go has another name than Node. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ["x64", "amd64"],
  ["ia32", "386"],
]);
