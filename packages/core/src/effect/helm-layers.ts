import type { LocatedSource } from "../application/choose-source.js";
import { EditError } from "../errors/edit-error.js";
import { parseHelmValuePath } from "../overrides/helm-value-path.js";
import { getHelmValue, helmValueState, type HelmValueState } from "../overrides/helm-values.js";
import { effectiveList, type OverrideLayer } from "./override-layers.js";
import { fieldOf } from "./effect-subject.js";

/** A place that sets a value above the file that is written. */
export interface HelmWinner {
  readonly place: string;
  /** Undefined where it is not a single value. */
  readonly value: string | undefined;
  readonly isCertain: boolean;
}

/**
 * What wins over values files in a source, for one path: parameters out of files, parameters,
 * `valuesObject`, then `values`. Each of them is that of an override file where one has it.
 */
export function findInlineWinner(
  located: LocatedSource,
  layers: readonly OverrideLayer[],
  path: string,
): HelmWinner | undefined {
  const { pointer, source } = located;
  const fromFiles = effectiveList(layers, "fileParameters", {
    pointer,
    field: "helm.fileParameters",
    items: source.helmValues.fileParameters,
  });
  if (fromFiles.items.includes(path)) return { ...fromFiles, value: undefined };
  const parameters = effectiveList(layers, "helmParameters", {
    pointer,
    field: "helm.parameters",
    items: source.helmParameters ?? [],
  });
  const parameter = parameters.items.findLast(({ name }) => name === path);
  if (parameter !== undefined) return { ...parameters, value: parameter.value };
  return findInObject(located, layers, path) ?? findInText(located, layers, path);
}

/** `valuesObject` of an override file is merged into that below it, like every mapping of a merge patch. */
function findInObject(
  { pointer, source }: LocatedSource,
  layers: readonly OverrideLayer[],
  path: string,
): HelmWinner | undefined {
  for (const { path: file, isCertain, text } of layers) {
    const winner = winnerOf(helmValueState(text, `helm.valuesObject.${path}`));
    if (winner !== undefined)
      return { place: `helm.valuesObject of ${file}`, isCertain, ...winner };
  }
  const winner = winnerOf(stateInObject(source.helmValues.valuesObject, path));
  if (winner === undefined) return undefined;
  return { place: fieldOf(pointer, "helm", "valuesObject"), isCertain: true, ...winner };
}

/** Argo CD reads `values` only where there is no `valuesObject`. */
function findInText(
  { pointer, source }: LocatedSource,
  layers: readonly OverrideLayer[],
  path: string,
): HelmWinner | undefined {
  const hasObject =
    source.helmValues.valuesObject !== undefined ||
    layers.some(({ text }) => helmValueState(text, "helm.valuesObject").kind === "other");
  if (hasObject) return undefined;
  for (const { path: file, isCertain, text } of layers) {
    const values = textAt(text, "helm.values");
    if (values === undefined) continue;
    const winner = winnerOf(helmValueState(values, path));
    return winner && { place: `helm.values of ${file}`, isCertain, ...winner };
  }
  const winner = winnerOf(helmValueState(source.helmValues.values ?? "", path));
  return winner && { place: fieldOf(pointer, "helm", "values"), isCertain: true, ...winner };
}

/** What a state says of the winner; undefined for what wins over nothing, or is not known. */
export function winnerOf(state: HelmValueState): Pick<HelmWinner, "value"> | undefined {
  if (state.kind === "value") return { value: state.value };
  return state.kind === "other" ? { value: undefined } : undefined;
}

function textAt(source: string, path: string): string | undefined {
  try {
    return getHelmValue(source, path);
  } catch (error) {
    if (EditError.is(error)) return undefined;
    throw error;
  }
}

/** As `helmValueState`, in decoded JSON. */
function stateInObject(object: unknown, path: string): HelmValueState {
  const steps = stepsOf(path);
  if (steps === undefined) return { kind: "unknown" };
  let value: unknown = object ?? {};
  for (const step of steps) {
    if (typeof step === "number") {
      if (!Array.isArray(value)) return { kind: "other" };
      value = value[step];
    } else {
      if (!isRecord(value)) return { kind: "other" };
      if (!Object.hasOwn(value, step)) return { kind: "absent" };
      value = value[step];
    }
  }
  if (value === null) return { kind: "value", value: "" };
  if (typeof value === "string") return { kind: "value", value };
  if (typeof value !== "number" && typeof value !== "boolean") return { kind: "other" };
  return { kind: "value", value: String(value) };
}

function stepsOf(path: string): readonly (string | number)[] | undefined {
  try {
    return parseHelmValuePath(path).flatMap(({ key, indexes }) => [key, ...indexes]);
  } catch (error) {
    if (EditError.is(error)) return undefined;
    throw error;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
