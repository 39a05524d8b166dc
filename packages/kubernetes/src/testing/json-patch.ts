import { isDeepStrictEqual } from "node:util";
import type { JsonPatchOperation } from "@image-updater/core";

/** What came of a patch: the new document, or the first operation that does not fit. */
export type PatchOutcome =
  | { readonly kind: "patched"; readonly document: unknown }
  | { readonly kind: "refused"; readonly operation: JsonPatchOperation };

/**
 * Applies a JSON Patch (RFC 6902: `test`, `add`, `replace`, `remove`) to a copy of the document: all
 * operations, in order, or none. Not the one of the core, which is tested against it.
 */
export function applyJsonPatch(
  document: unknown,
  patch: readonly JsonPatchOperation[],
): PatchOutcome {
  const root: Container = { document: structuredClone(document) };
  for (const operation of patch) {
    if (!applyOperation(root, operation)) return { kind: "refused", operation };
  }
  return { kind: "patched", document: root["document"] };
}

type Container = Record<string, unknown>;

function applyOperation(root: Container, operation: JsonPatchOperation): boolean {
  const segments = ["document", ...segmentsOf(operation.path)];
  const last = segments.pop() ?? "";
  const parent = segments.reduce<unknown>(childOf, root);
  if (Array.isArray(parent)) return changeList(parent, last, operation);
  if (!isContainer(parent)) return false;
  const isThere = Object.hasOwn(parent, last);
  if (operation.op === "test") return isThere && isDeepStrictEqual(parent[last], operation.value);
  if (operation.op !== "add" && !isThere) return false;
  if (operation.op === "remove") return Reflect.deleteProperty(parent, last);
  return define(parent, last, operation.value);
}

function changeList(list: unknown[], segment: string, operation: JsonPatchOperation): boolean {
  const isAdd = operation.op === "add";
  const index = isAdd && segment === "-" ? list.length : indexOf(segment);
  if (index === undefined || index >= list.length + (isAdd ? 1 : 0)) return false;
  if (operation.op === "test") return isDeepStrictEqual(list[index], operation.value);
  if (operation.op === "remove") list.splice(index, 1);
  else list.splice(index, isAdd ? 0 : 1, structuredClone(operation.value));
  return true;
}

/** A key may be `__proto__`, which an assignment would take for something else. */
function define(target: Container, key: string, value: unknown): boolean {
  const member = { value: structuredClone(value), enumerable: true, writable: true };
  return Reflect.defineProperty(target, key, { ...member, configurable: true });
}

function segmentsOf(pointer: string): readonly string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function childOf(value: unknown, segment: string): unknown {
  if (Array.isArray(value)) return value[indexOf(segment) ?? -1];
  return isContainer(value) && Object.hasOwn(value, segment) ? value[segment] : undefined;
}

function isContainer(value: unknown): value is Container {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function indexOf(segment: string): number | undefined {
  return /^(?:0|[1-9][0-9]{0,14})$/.test(segment) ? Number(segment) : undefined;
}
