import { executeError } from "./execute-error.js";
import { compareText, typeName, type StructValue, type TemplateValue } from "./template-value.js";

/**
 * Go's `eq`: whether the first value equals any of the others. `nil` may be compared to anything;
 * else both have to be of the same kind, and lists, maps and what holds them cannot be compared.
 */
export function equalsAny(
  first: TemplateValue,
  others: readonly TemplateValue[],
  offset: number,
): boolean {
  return others.some((other) => equals(first, other, offset));
}

/** Go's `lt`: numbers by size, strings by their bytes; anything else is an error. */
export function isLess(left: TemplateValue, right: TemplateValue, offset: number): boolean {
  if (left.kind === "string" && right.kind === "string") {
    return compareText(left.value, right.value) < 0;
  }
  if (left.kind === "int" && right.kind === "int") return left.value < right.value;
  if (left.kind === "float" && right.kind === "float") return left.value < right.value;
  const types = `${typeName(left)} and ${typeName(right)}`;
  throw executeError(offset, `${types} cannot be ordered: both have to be strings or numbers`);
}

function equals(left: TemplateValue, right: TemplateValue, offset: number): boolean {
  if (left.kind === "nil" || right.kind === "nil") return isNil(left) && isNil(right);
  switch (left.kind) {
    case "bool":
    case "int":
    case "float":
    case "string":
      if (left.kind === right.kind) return left.value === right.value;
      break;
    case "map":
      if (right.kind === "map" && (isNil(left) || isNil(right))) return isNil(left) && isNil(right);
      break;
    case "struct":
      if (right.kind === "struct" && isComparable(right)) return sameFields(left, right);
      break;
    case "list":
  }
  const types = `${typeName(left)} and ${typeName(right)}`;
  throw executeError(
    offset,
    `${types} cannot be compared: both have to be strings, or both numbers`,
  );
}

function isNil(value: TemplateValue): boolean {
  return value.kind === "nil" || (value.kind === "map" && value.entries === undefined);
}

function isComparable({ fields }: StructValue): boolean {
  return [...fields.values()].every(
    (field) =>
      field.kind !== "list" &&
      field.kind !== "map" &&
      (field.kind !== "struct" || isComparable(field)),
  );
}

function sameFields(left: StructValue, right: StructValue): boolean {
  if (left.type !== right.type) return false;
  return [...left.fields].every(([name, value]) => sameValue(value, right.fields.get(name)));
}

function sameValue(left: TemplateValue, right: TemplateValue | undefined): boolean {
  if (left.kind === "struct") return right?.kind === "struct" && sameFields(left, right);
  return right !== undefined && "value" in left && "value" in right && left.value === right.value;
}
