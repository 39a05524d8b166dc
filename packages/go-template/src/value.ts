/**
 * A value inside a template, typed the way Go types it.
 *
 * A template cannot build structs, lists or maps: those come from the data it is given.
 */
export type TemplateValue =
  | { readonly kind: "nil" }
  | { readonly kind: "bool"; readonly value: boolean }
  | IntegerValue
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | ListValue
  | MapValue
  | StructValue;

/** A Go `int`, or a byte of a string. */
export interface IntegerValue {
  readonly kind: "int";
  readonly value: bigint;
  readonly type: "int" | "uint8";
}

/** A Go slice; `elementType` is only shown in messages and by `printf "%T"`. */
export interface ListValue {
  readonly kind: "list";
  readonly elementType: string;
  readonly items: readonly TemplateValue[];
}

/** A Go `map[string]string`; `undefined` entries stand for a nil map. */
export interface MapValue {
  readonly kind: "map";
  readonly entries: ReadonlyMap<string, string> | undefined;
}

/** A Go struct: asking for a field it does not have is an error. */
export interface StructValue {
  readonly kind: "struct";
  readonly type: string;
  readonly fields: ReadonlyMap<string, TemplateValue>;
}

/** What a missing map key gives, and what `nil` is as an argument. */
export const nilValue: TemplateValue = { kind: "nil" };

/** A string value. */
export function stringValue(value: string): TemplateValue {
  return { kind: "string", value };
}

/** A boolean value. */
export function boolValue(value: boolean): TemplateValue {
  return { kind: "bool", value };
}

/** A value of Go's type `int`. */
export function intValue(value: number | bigint): TemplateValue {
  return { kind: "int", value: BigInt(value), type: "int" };
}

/** A value of Go's type `float64`. */
export function floatValue(value: number): TemplateValue {
  return { kind: "float", value };
}

/** A struct of the given Go type. */
export function structValue(
  type: string,
  fields: Readonly<Record<string, TemplateValue>>,
): StructValue {
  return { kind: "struct", type, fields: new Map(Object.entries(fields)) };
}

/** A map of strings; without entries, Go's nil map. */
export function mapValue(entries: Readonly<Record<string, string>> | undefined): MapValue {
  return { kind: "map", entries: entries && new Map(Object.entries(entries)) };
}

/** The entries of a map in the order Go prints and ranges over them: keys by their bytes. */
export function sortedEntries(map: MapValue): readonly (readonly [string, string])[] {
  return [...(map.entries ?? [])].toSorted(([left], [right]) => compareText(left, right));
}

/** Go's name of the value's type, for messages. */
export function typeName(value: TemplateValue): string {
  switch (value.kind) {
    case "nil":
      return "<nil>";
    case "int":
    case "struct":
      return value.type;
    case "float":
      return "float64";
    case "list":
      return `[]${value.elementType}`;
    case "map":
      return "map[string]string";
    case "bool":
    case "string":
      break;
  }
  return value.kind;
}

/** Go's truth: false, zero, nil and what is empty are false; a struct is always true. */
export function isTrue(value: TemplateValue): boolean {
  switch (value.kind) {
    case "nil":
      return false;
    case "bool":
      return value.value;
    case "int":
      return value.value !== 0n;
    case "float":
      return value.value !== 0;
    case "string":
      return value.value !== "";
    case "list":
      return value.items.length > 0;
    case "map":
      return value.entries !== undefined && value.entries.size > 0;
    case "struct":
      break;
  }
  return true;
}

/** Orders two strings by their UTF-8 bytes, which is by code point and not by UTF-16 unit. */
export function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const difference = bytewiseRank(left, index) - bytewiseRank(right, index);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** Surrogates stand for code points above U+FFFF, so they rank above every other unit. */
function bytewiseRank(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
