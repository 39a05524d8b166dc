import { EditError } from "../errors/edit-error.js";

/** One step of a path: a key, then positions in lists. */
export interface HelmValueStep {
  readonly key: string;
  readonly indexes: readonly number[];
}

/**
 * Reads a path into a values file, as `image.tag`, `images[1].tag` or `a[0][0].b`: keys between
 * dots, positions in lists behind a key. There are no wildcards and no selection by name.
 *
 * Throws {@link EditError}: `invalid-index` where a position is not a whole number, `index-out-of-range`
 * where it is negative, `invalid-path` where a key is empty.
 */
export function parseHelmValuePath(path: string): readonly HelmValueStep[] {
  return path.split(".").map((step) => parseStep(step, path));
}

function parseStep(step: string, path: string): HelmValueStep {
  const [, key = step, brackets = ""] = /^([^[\]]*)((?:\[[^[\]]*\])*)$/.exec(step) ?? [];
  if (key === "" || /[[\]]/.test(key)) {
    const message = `"${path}" is not a path of keys and list positions, as image.tag or images[1].tag`;
    throw new EditError("invalid-path", message, { path });
  }
  const indexes = brackets === "" ? [] : brackets.slice(1, -1).split("][");
  return { key, indexes: indexes.map((index) => parseIndex(index, path)) };
}

function parseIndex(index: string, path: string): number {
  if (!/^[-+]?[0-9]+$/.test(index)) {
    const message = `"${path}" names position "${index}" of a list; it must be a number from 0`;
    throw new EditError("invalid-index", message, { path });
  }
  const number = Number(index);
  if (number >= 0 && Number.isSafeInteger(number)) return number;
  const message = `"${path}" names position ${index}, which no list has; the first is 0`;
  throw new EditError("index-out-of-range", message, { path });
}
