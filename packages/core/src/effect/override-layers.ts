import type { Application } from "../application/application.js";
import type { LocatedSource } from "../application/choose-source.js";
import { readArgoCdSourceLists, type ArgoCdSourceLists } from "../overrides/argocd-source.js";
import { resolveRepositoryPath } from "../overrides/repository-path.js";
import { fieldOf, unlessInvalid } from "./effect-subject.js";

/** A list as Argo CD has it in the end, and where it comes from. */
export interface PlacedList<T> {
  readonly place: string;
  /** Whether it is certain that Argo CD reads the place. */
  readonly isCertain: boolean;
  /** Whether it stands in an override file, which hides the Application's. */
  readonly isOverride: boolean;
  readonly items: readonly T[];
}

/** An override file that is there. */
export interface OverrideLayer {
  readonly path: string;
  readonly isCertain: boolean;
  readonly text: string;
  readonly lists: ArgoCdSourceLists;
}

/**
 * The override files that Argo CD lays over a source, the uppermost first. It knows an application
 * outside of its own namespace by namespace and name; which its own is, is likely and no more.
 */
export function overrideFilesOf(
  { name, namespace }: Application,
  { source }: LocatedSource,
  controllerNamespace: string,
): readonly { readonly path: string; readonly isCertain: boolean }[] {
  if (source.chart !== undefined) return [];
  const isAtHome = namespace === controllerNamespace;
  const [likely, other] = isAtHome
    ? [name, `${namespace}_${name}`]
    : [`${namespace}_${name}`, name];
  return [
    { file: `.argocd-source-${likely}.yaml`, isCertain: true },
    { file: `.argocd-source-${other}.yaml`, isCertain: false },
    { file: ".argocd-source.yaml", isCertain: true },
  ].flatMap(({ file, isCertain }) => {
    const path = unlessInvalid(() =>
      resolveRepositoryPath({ sourcePath: source.path, path: file }),
    );
    return path === undefined ? [] : [{ path, isCertain }];
  });
}

/** Those of them that are there; `without` is left aside, as the file that is about to be written. */
export function overrideLayers(
  files: ReturnType<typeof overrideFilesOf>,
  textOf: (path: string) => string | undefined,
  without?: string,
): readonly OverrideLayer[] {
  return files.flatMap(({ path, isCertain }) => {
    const text = path === without ? undefined : textOf(path);
    if (text === undefined) return [];
    return [{ path, isCertain, text, lists: readArgoCdSourceLists(text) }];
  });
}

/** The list that counts: that of the uppermost override file that has it, else the Application's. */
export function effectiveList<K extends keyof ArgoCdSourceLists>(
  layers: readonly OverrideLayer[],
  list: K,
  inSpec: {
    readonly pointer: string;
    readonly field: string;
    readonly items: NonNullable<ArgoCdSourceLists[K]>;
  },
): PlacedList<NonNullable<ArgoCdSourceLists[K]>[number]> {
  for (const { path, isCertain, lists } of layers) {
    const items = lists[list];
    if (items === undefined) continue;
    const place = `${inSpec.field} of ${path}`;
    return { place, isCertain, isOverride: true, items };
  }
  const place = fieldOf(inSpec.pointer, inSpec.field);
  return { place, isCertain: true, isOverride: false, items: inSpec.items };
}
