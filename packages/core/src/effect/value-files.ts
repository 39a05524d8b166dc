import type { LocatedSource } from "../application/choose-source.js";
import { helmValuesPath, resolveRepositoryPath } from "../overrides/repository-path.js";
import type { WriteBackLocation } from "../ports/write-back-target.js";
import { isWrittenTo, unlessInvalid } from "./effect-subject.js";

/** A values file of a source, by what is known of where it is. */
export type ValueFile =
  /** In the repository that is written to, at this path. */
  | { readonly kind: "here"; readonly path: string }
  /** In another repository, a chart, or on a server. */
  | { readonly kind: "elsewhere" }
  /** A pattern or a variable, which only Argo CD resolves. */
  | { readonly kind: "unknown" };

/**
 * The values files of a source from the lowest to the uppermost, the chart's own first: where Helm
 * finds a value more than once, the last one counts.
 */
export function valueFilesOf(
  located: LocatedSource,
  listed: readonly string[],
  sources: readonly LocatedSource[],
  location: WriteBackLocation | undefined,
): readonly ValueFile[] {
  const { source } = located;
  const own = unlessInvalid(() => helmValuesPath(source.path, undefined));
  const chart: ValueFile =
    own !== undefined && isWrittenTo(source, location)
      ? { kind: "here", path: own }
      : { kind: "elsewhere" };
  return [chart, ...listed.map((file) => resolveValueFile(file, located, sources, location))];
}

function resolveValueFile(
  file: string,
  { source }: LocatedSource,
  sources: readonly LocatedSource[],
  location: WriteBackLocation | undefined,
): ValueFile {
  if (/^[a-z][a-z0-9+.-]*:\/\//iu.test(file)) return { kind: "elsewhere" };
  const referred = file.startsWith("$") ? referredSource(file, sources) : undefined;
  const rest = referred === undefined ? file : file.slice(file.indexOf("/"));
  if (/[$*?[{]/u.test(rest)) return { kind: "unknown" };
  const holder = referred ?? source;
  const sourcePath = referred === undefined ? source.path : "";
  const path = unlessInvalid(() => resolveRepositoryPath({ sourcePath, path: rest }));
  return path !== undefined && isWrittenTo(holder, location)
    ? { kind: "here", path }
    : { kind: "elsewhere" };
}

/** The source that `$ref/…` names. */
function referredSource(
  file: string,
  sources: readonly LocatedSource[],
): LocatedSource["source"] | undefined {
  const slash = file.indexOf("/");
  const ref = slash === -1 ? undefined : file.slice(1, slash);
  return sources.find(({ source }) => source.ref !== undefined && source.ref === ref)?.source;
}
