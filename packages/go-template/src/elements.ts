import { executeError } from "./limits.js";
import { decodeText, encodeText, encodedLength } from "./utf8.js";
import {
  intValue,
  nilValue,
  stringValue,
  type ListValue,
  type TemplateValue,
  typeName,
} from "./value.js";

/** Go's `index`: an item of a list, a byte of a string, the value of a map's key, one by one. */
export function indexValue(
  value: TemplateValue,
  indexes: readonly TemplateValue[],
  offset: number,
): TemplateValue {
  if (value.kind === "nil") throw executeError(offset, "index: the value is nil");
  let result: TemplateValue = value;
  for (const index of indexes) result = indexOnce(result, index, offset);
  return result;
}

/** Go's `slice`: a part of a string or of a list, from the first index up to before the second. */
export function sliceValue(
  value: TemplateValue,
  indexes: readonly TemplateValue[],
  offset: number,
): TemplateValue {
  if (value.kind === "list") return sliceList(value, indexes, offset);
  if (value.kind !== "string") {
    throw executeError(offset, `slice: a value of type ${typeName(value)} has no parts`);
  }
  if (indexes.length > 2) throw executeError(offset, "slice: a string takes two indexes");
  return sliceString(value.value, indexes, offset);
}

/** Go's `len`: items, keys, or the bytes of a string. */
export function lengthOf(value: TemplateValue, offset: number): TemplateValue {
  if (value.kind === "string") return intValue(byteLength(value.value));
  if (value.kind === "list") return intValue(value.items.length);
  if (value.kind === "map") return intValue(value.entries?.size ?? 0);
  throw executeError(offset, `len: a value of type ${typeName(value)} has no length`);
}

/** A field of a struct or the value of a map's key; a key that is missing gives nil. */
export function fieldOf(value: TemplateValue, name: string, offset: number): TemplateValue {
  if (value.kind === "nil") return nilValue;
  if (value.kind === "map") {
    const text = value.entries?.get(name);
    return text === undefined ? nilValue : stringValue(text);
  }
  if (value.kind !== "struct") {
    throw executeError(offset, `a value of type ${typeName(value)} has no field "${name}"`);
  }
  const field = value.fields.get(name);
  if (field !== undefined) return field;
  const known = [...value.fields.keys()].map((key) => `.${key}`).join(", ");
  throw executeError(offset, `there is no field ".${name}" here, only ${known}`);
}

function indexOnce(value: TemplateValue, index: TemplateValue, offset: number): TemplateValue {
  if (value.kind === "map") {
    if (index.kind !== "string") throw executeError(offset, "index: the key of a map is a string");
    return stringValue(value.entries?.get(index.value) ?? "");
  }
  if (value.kind === "list") {
    const item = value.items[readIndex(index, value.items.length - 1, offset)];
    return item ?? nilValue;
  }
  if (value.kind === "string") {
    const bytes = encodeText(value.value);
    const byte = bytes[readIndex(index, bytes.length - 1, offset)];
    return { kind: "int", type: "uint8", value: BigInt(byte ?? 0) };
  }
  throw executeError(offset, `index: a value of type ${typeName(value)} has no items`);
}

function readIndex(index: TemplateValue, maximum: number, offset: number): number {
  if (index.kind !== "int") {
    throw executeError(offset, `an index is an integer, not a ${typeName(index)}`);
  }
  if (index.value >= 0n && index.value <= BigInt(maximum)) return Number(index.value);
  throw executeError(offset, `the index ${index.value} is out of range`);
}

function sliceString(
  text: string,
  indexes: readonly TemplateValue[],
  offset: number,
): TemplateValue {
  const bytes = encodeText(text);
  const [start, end] = readBounds(indexes, bytes.length, offset);
  const part = decodeText(bytes.subarray(start, end));
  if (part !== undefined) return stringValue(part);
  throw executeError(offset, "slice: the indexes count bytes, and one lies inside of a character");
}

function sliceList(
  list: ListValue,
  indexes: readonly TemplateValue[],
  offset: number,
): TemplateValue {
  const [start, end] = readBounds(indexes, list.items.length, offset);
  return { ...list, items: list.items.slice(start, end) };
}

/** The bounds; a third index, the capacity, only has to be in range. */
function readBounds(
  indexes: readonly TemplateValue[],
  length: number,
  offset: number,
): readonly [number, number] {
  if (indexes.length > 3) throw executeError(offset, "slice: there are more than three indexes");
  const [start = 0, end = length, capacity = length] = indexes.map((index) =>
    readIndex(index, length, offset),
  );
  if (start <= end && end <= capacity) return [start, end];
  throw executeError(offset, "slice: an index is smaller than the one before it");
}

function byteLength(text: string): number {
  let length = 0;
  for (const character of text) length += encodedLength(character.codePointAt(0) ?? 0);
  return length;
}
