import { EditError } from "../errors/edit-error.js";
import type { JsonPatchOperation } from "../ports/application-client.js";
import { isJsonArray, isJsonObject, parseArrayIndex, parseJsonPointer } from "./json-pointer.js";

/**
 * Applies a JSON Patch (RFC 6902: `test`, `add`, `replace`, `remove`) and answers a new document; the
 * given one stays as it is.
 *
 * All or nothing: throws EditError `test-failed` when a `test` finds another value or none, and
 * `not-found` or `index-out-of-range` when there is no place for an operation.
 */
export function applyJsonPatch(document: unknown, patch: readonly JsonPatchOperation[]): unknown {
  return patch.reduce<unknown>(applyOperation, document);
}

function applyOperation(document: unknown, operation: JsonPatchOperation): unknown {
  const segments = parseJsonPointer(operation.path);
  if (segments === undefined) {
    throw new EditError("invalid-path", `"${operation.path}" is not a JSON pointer`);
  }
  return change(document, segments, operation);
}

function change(
  value: unknown,
  [segment, ...rest]: readonly string[],
  operation: JsonPatchOperation,
): unknown {
  if (segment === undefined) return changeRoot(value, operation);
  if (isJsonArray(value)) return changeArray(value, segment, rest, operation);
  if (isJsonObject(value)) return changeObject(value, segment, rest, operation);
  throw missing(operation);
}

/** The value itself is the target: a member was found, or the pointer names the whole document. */
function changeRoot(value: unknown, operation: JsonPatchOperation): unknown {
  if (operation.op === "remove") return undefined;
  if (operation.op !== "test") return operation.value;
  if (isSameJson(value, operation.value)) return value;
  throw new EditError("test-failed", `"${operation.path}" no longer holds what it held when read`, {
    path: operation.path,
  });
}

function changeArray(
  list: readonly unknown[],
  segment: string,
  rest: readonly string[],
  operation: JsonPatchOperation,
): readonly unknown[] {
  const isInsertion = operation.op === "add" && rest.length === 0;
  const index = isInsertion && segment === "-" ? list.length : parseArrayIndex(segment);
  if (index === undefined) throw missing(operation);
  if (index >= list.length + (isInsertion ? 1 : 0)) throw outOfRange(operation);
  if (isInsertion) return list.toSpliced(index, 0, operation.value);
  if (operation.op === "remove" && rest.length === 0) return list.toSpliced(index, 1);
  return list.with(index, change(list[index], rest, operation));
}

function changeObject(
  object: Readonly<Record<string, unknown>>,
  segment: string,
  rest: readonly string[],
  operation: JsonPatchOperation,
): unknown {
  const isLast = rest.length === 0;
  if (operation.op === "add" && isLast) return { ...object, [segment]: operation.value };
  if (!Object.hasOwn(object, segment)) throw missing(operation);
  if (operation.op === "remove" && isLast) {
    return Object.fromEntries(Object.entries(object).filter(([key]) => key !== segment));
  }
  return { ...object, [segment]: change(object[segment], rest, operation) };
}

function isSameJson(left: unknown, right: unknown): boolean {
  if (isJsonArray(left) && isJsonArray(right)) {
    return (
      left.length === right.length && left.every((item, index) => isSameJson(item, right[index]))
    );
  }
  if (isJsonObject(left) && isJsonObject(right)) {
    const keys = Object.keys(left);
    return (
      keys.length === Object.keys(right).length &&
      keys.every((key) => Object.hasOwn(right, key) && isSameJson(left[key], right[key]))
    );
  }
  return left === right;
}

function missing(operation: JsonPatchOperation): EditError {
  return refusal(operation, "not-found", "there is nothing");
}

function outOfRange(operation: JsonPatchOperation): EditError {
  return refusal(operation, "index-out-of-range", "the list has no such index");
}

/** A `test` of what is not there has failed, whatever the reason. */
function refusal(
  { op, path }: JsonPatchOperation,
  code: "not-found" | "index-out-of-range",
  problem: string,
): EditError {
  const message = `${op} "${path}": ${problem}`;
  return new EditError(op === "test" ? "test-failed" : code, message, { path });
}
