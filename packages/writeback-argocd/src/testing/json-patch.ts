/** Why a patch does not apply, in the words of the library that Argo CD applies patches with. */
export class PatchFailure extends Error {
  override readonly name = "PatchFailure";
}

/** A decoded object of JSON. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Applies a JSON Patch (RFC 6902: `test`, `add`, `replace`, `remove`) and answers a new document, or
 * throws {@link PatchFailure}.
 */
export function applyPatch(document: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw new PatchFailure("a JSON patch is a list of operations");
  return patch.reduce<unknown>((result, step: unknown) => {
    const operation = readOperation(step);
    return applyAt(result, operation.path.split("/").slice(1).map(unescape), operation);
  }, document);
}

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value: unknown;
}

function readOperation(step: unknown): Operation {
  const { op, path, value } = isJsonObject(step) ? step : {};
  if (typeof op !== "string" || typeof path !== "string" || !path.startsWith("/")) {
    throw new PatchFailure(`Unexpected kind: ${String(op)}`);
  }
  return { op, path, value };
}

function applyAt(parent: unknown, segments: readonly string[], operation: Operation): unknown {
  const [segment = "", ...rest] = segments;
  if (rest.length === 0) return change(parent, segment, operation);
  if (Array.isArray(parent)) {
    const index = indexIn(parent, segment, operation);
    return parent.with(index, applyAt(parent[index], rest, operation));
  }
  if (!isJsonObject(parent) || !Object.hasOwn(parent, segment)) throw missing(operation);
  return { ...parent, [segment]: applyAt(parent[segment], rest, operation) };
}

function change(parent: unknown, segment: string, operation: Operation): unknown {
  const { op, path, value } = operation;
  if (Array.isArray(parent)) return changeList(parent, segment, operation);
  if (!isJsonObject(parent)) throw missing(operation);
  const isThere = Object.hasOwn(parent, segment);
  if (op === "test") {
    if (!isSame(parent[segment], value)) throw testFailed(path);
    return parent;
  }
  if (op === "add") return { ...parent, [segment]: value };
  if (!isThere) {
    throw new PatchFailure(
      `${op} operation does not apply: doc is missing key: ${path}: missing value`,
    );
  }
  if (op === "replace") return { ...parent, [segment]: value };
  if (op !== "remove") throw new PatchFailure(`Unexpected kind: ${op}`);
  return Object.fromEntries(Object.entries(parent).filter(([key]) => key !== segment));
}

function changeList(
  list: readonly unknown[],
  segment: string,
  operation: Operation,
): readonly unknown[] {
  const { op, path, value } = operation;
  if (op === "add") {
    const at = segment === "-" ? list.length : Number(segment);
    if (!Number.isInteger(at) || at < 0 || at > list.length) throw badIndex(segment, operation);
    return list.toSpliced(at, 0, value);
  }
  const index = indexIn(list, segment, operation);
  if (op === "test") {
    if (!isSame(list[index], value)) throw testFailed(path);
    return list;
  }
  if (op === "replace") return list.with(index, value);
  if (op !== "remove") throw new PatchFailure(`Unexpected kind: ${op}`);
  return list.toSpliced(index, 1);
}

function indexIn(list: readonly unknown[], segment: string, operation: Operation): number {
  const index = /^(?:0|[1-9]\d*)$/u.test(segment) ? Number(segment) : list.length;
  if (index >= list.length) throw badIndex(segment, operation);
  return index;
}

function badIndex(segment: string, { op, path }: Operation): PatchFailure {
  return new PatchFailure(
    `error in ${op} for path: '${path}': Unable to access invalid index: ${segment}: invalid index referenced`,
  );
}

function missing({ op, path }: Operation): PatchFailure {
  return new PatchFailure(
    `${op} operation does not apply: doc is missing path: ${path}: missing value`,
  );
}

function testFailed(path: string): PatchFailure {
  return new PatchFailure(`testing value ${path} failed: test failed`);
}

function isSame(left: unknown, right: unknown): boolean {
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, at) => isSame(item, right[at]));
  }
  if (isJsonObject(left) && isJsonObject(right)) {
    const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
    return [...keys].every((key) => isSame(left[key], right[key]));
  }
  return left === right;
}

function unescape(segment: string): string {
  return segment.replaceAll("~1", "/").replaceAll("~0", "~");
}

/** Whether a decoded JSON value is an object, and neither a list nor `null`. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
