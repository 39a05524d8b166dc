import type { LocatedSource } from "../application/choose-source.js";
import { helmValueState } from "../overrides/helm-values.js";
import { resolveRepositoryPath } from "../overrides/repository-path.js";
import { DEFAULT_HELM_NAME } from "../policy/default-helm-names.js";
import type { HelmValueChange } from "../ports/edits.js";
import type { DecidedImage } from "./decided-image.js";
import { renderHelmValues } from "./render-source-changes.js";
import {
  folderOf,
  isRendered,
  isWrittenTo,
  severityOf,
  sourcesOf,
  unlessInvalid,
  type EffectFiles,
  type EffectProblem,
  type EffectSubject,
} from "./effect-subject.js";
import { findInlineWinner, winnerOf, type HelmWinner } from "./helm-layers.js";
import {
  effectiveList,
  overrideFilesOf,
  overrideLayers,
  type OverrideLayer,
} from "./override-layers.js";
import { valueFilesOf, type ValueFile } from "./value-files.js";

/** A source that reads the file that is written, and what it has above it. */
interface Reader {
  readonly located: LocatedSource;
  readonly layers: readonly OverrideLayer[];
  /** The files that win over the written one, the uppermost first. */
  readonly above: readonly ValueFile[];
}

/**
 * Why values in a values file would not reach the cluster: Argo CD does not read the file, or another
 * place wins over it.
 */
export function findHiddenHelmValues(
  subject: EffectSubject,
  files: EffectFiles,
): readonly EffectProblem[] {
  return subject.edits.flatMap((edit) => {
    if (edit.kind !== "helm-values") return [];
    const { readers, isCertain } = findReaders(subject, files, edit.path);
    if (readers.length > 0) return findWinners(subject, files, edit.path, readers);
    return isCertain === undefined ? [] : [notRead(subject, files, edit.path, isCertain)];
  });
}

/** Values files above the written one that have to be read, and those that tell whether it is read. */
export function helmFilesToRead(subject: EffectSubject): readonly string[] {
  const { application, location, edits } = subject;
  const written = edits.flatMap((edit) => (edit.kind === "helm-values" ? [edit.path] : []));
  if (written.length === 0) return [];
  const sources = sourcesOf(application);
  const listed = sources.flatMap((located) =>
    valueFilesOf(located, located.source.helmValues.valueFiles, sources, location).flatMap((file) =>
      file.kind === "here" ? [file.path] : [],
    ),
  );
  return [...listed, ...written.map(chartBeside)];
}

function findReaders(
  { application, controllerNamespace, location }: EffectSubject,
  files: EffectFiles,
  path: string,
): { readonly readers: readonly Reader[]; readonly isCertain: boolean | undefined } {
  const sources = sourcesOf(application);
  const rendered = sources.filter(readsValues);
  const readers: Reader[] = [];
  let isUnknown = rendered.length === 0;
  for (const located of rendered) {
    const overrides = overrideFilesOf(application, located, controllerNamespace);
    const layers = overrideLayers(
      overrides,
      located.pointer === application.source.pointer ? files.own : files.written,
    );
    const { items } = effectiveList(layers, "valueFiles", {
      pointer: located.pointer,
      field: "helm.valueFiles",
      items: located.source.helmValues.valueFiles,
    });
    const all = valueFilesOf(located, items, sources, location);
    const place = all.findLastIndex((file) => file.kind === "here" && file.path === path);
    isUnknown ||= all.some(({ kind }) => kind === "unknown") || isInSubchart(located, path);
    if (place !== -1) readers.push({ located, layers, above: all.slice(place + 1).toReversed() });
  }
  if (readers.length > 0 || isUnknown) return { readers, isCertain: undefined };
  const isKnownRepository = sources.some(({ source }) => isWrittenTo(source, location));
  // A chart beside it may be a dependency, whose values are read with it.
  const isOwnChart = files.written(chartBeside(path)) !== undefined;
  return { readers, isCertain: isKnownRepository && !isOwnChart };
}

/** Whether a source may read values files. */
function readsValues({ source }: LocatedSource): boolean {
  return source.chart !== undefined || isHelm(source);
}

/** Whether Helm renders the source, as far as the Application tells. */
function isHelm(source: LocatedSource["source"]): boolean {
  if (source.kustomizeImages !== undefined || source.pluginEnv !== undefined) return false;
  return source.helmParameters !== undefined || isRendered(source);
}

/** Charts in `charts/` are read with the chart that they are in. */
function isInSubchart({ source }: LocatedSource, path: string): boolean {
  const charts = unlessInvalid(() =>
    resolveRepositoryPath({ sourcePath: source.path, path: "charts" }),
  );
  return charts !== undefined && path.startsWith(`${charts}/`);
}

function chartBeside(path: string): string {
  const folder = folderOf(path);
  return folder === "" ? "Chart.yaml" : `${folder}/Chart.yaml`;
}

function findWinners(
  { application, images, location }: EffectSubject,
  files: EffectFiles,
  path: string,
  readers: readonly Reader[],
): readonly EffectProblem[] {
  const isSameBranch = readers.every(({ located }) =>
    ["", "HEAD", location?.base ?? "HEAD"].includes(located.source.targetRevision),
  );
  const updates = images.filter(({ decision }) => decision.outcome === "update");
  return updates.flatMap((image) =>
    renderHelmValues([image]).flatMap((change): readonly EffectProblem[] => {
      const winners = readers.map((reader) => findWinner(reader, files, change.path));
      const [winner] = winners;
      // A source for which it takes effect is enough.
      if (winner === undefined || winners.some((one) => one === undefined || sets(one, change))) {
        return [];
      }
      const isCertain = winner.isCertain && isSameBranch && isVersion(image, change);
      const severity = severityOf(application, isCertain);
      const message = `${winner.place} ${saysOf(winner, change.path)}, which wins over ${path}; take it out there, or write to that place`;
      const where = { file: path, field: change.path };
      const diagnostic = { severity, code: "value-hidden", where, message } as const;
      return [{ diagnostic, ...(severity === "error" ? { image } : {}) }];
    }),
  );
}

function findWinner(
  { located, layers, above }: Reader,
  files: EffectFiles,
  path: string,
): HelmWinner | undefined {
  const inline = findInlineWinner(located, layers, path);
  if (inline !== undefined) return inline;
  for (const file of above) {
    if (file.kind !== "here") continue;
    const text = files.written(file.path);
    const winner = text === undefined ? undefined : winnerOf(helmValueState(text, path));
    if (winner !== undefined) return { place: file.path, isCertain: true, ...winner };
  }
  return undefined;
}

/** Whether the winner says what is written anyway. */
function sets({ value }: HelmWinner, change: HelmValueChange): boolean {
  return value !== undefined && (value === change.value || value === change.shortValue);
}

/** A name that is hidden alone lets the new tag through. */
function isVersion({ policy }: DecidedImage, { path }: HelmValueChange): boolean {
  const { name, spec } = policy.targets.helm ?? {};
  if (spec !== undefined && spec !== "") return true;
  return path !== (name === undefined || name === "" ? DEFAULT_HELM_NAME : name);
}

function saysOf({ value }: HelmWinner, path: string): string {
  return value === undefined ? `sets "${path}"` : `sets "${path}" to "${value}"`;
}

function notRead(
  { application, location }: EffectSubject,
  files: EffectFiles,
  path: string,
  isCertain: boolean,
): EffectProblem {
  const sources = sourcesOf(application);
  const listed = sources.filter(readsValues).flatMap((located) => {
    const { valueFiles } = located.source.helmValues;
    return valueFilesOf(located, valueFiles, sources, location).flatMap((file) =>
      file.kind === "here" ? [file.path] : [],
    );
  });
  const known = [...new Set(listed)];
  const meant = known.find((file) => path.endsWith(`/${file}`) || file.endsWith(`/${path}`));
  const created = files.written(path) === undefined ? "does not exist, and " : "";
  const read =
    known.length === 0 ? "reads no values file of this repository" : `reads ${known.join(", ")}`;
  const right =
    meant === undefined
      ? "name one that it reads, or add this one to helm.valueFiles"
      : `write the target "helmvalues:/${meant}"`;
  // A source that only lends files may be there before the first of them is named.
  const isLent =
    known.length === 0 &&
    sources.some(({ source }) => source.ref !== undefined && isWrittenTo(source, location));
  const severity = severityOf(application, isCertain && !isLent);
  const message = `the file ${created}is not among the values files of the Application, which ${read}; ${right}`;
  return { diagnostic: { severity, code: "file-not-read", where: { file: path }, message } };
}
