import { compileGlob } from "@image-updater/core";
import type { Configuration } from "./configuration.js";
import { UsageError } from "./flags.js";
import { parseLabelSelector } from "./label-selector.js";
import { textAt, textsAt } from "./manifest-fields.js";

/**
 * Which Applications are looked at for their annotations: one of the names' globs and the label
 * selector must match, as upstream 0.x.
 *
 * @throws UsageError for a glob or a selector that is wrong.
 */
export function createApplicationFilter({
  names,
  labels,
}: Configuration["match"]): (manifest: unknown) => boolean {
  const globs = names.map((pattern) => {
    const glob = compileGlob(pattern);
    if (glob !== undefined) return glob;
    throw new UsageError(`--match-application-name is "${pattern}"; write a glob, as web-*`);
  });
  const selects = parseLabelSelector(labels);
  if (selects === undefined) {
    throw new UsageError(
      `--match-application-label is "${labels}"; write key=value or key in (a,b)`,
    );
  }
  return (manifest) => {
    const name = textAt(manifest, "metadata", "name");
    const isNamed = globs.length === 0 || globs.some((glob) => glob.matches(name));
    return isNamed && selects(textsAt(manifest, "metadata", "labels"));
  };
}
