import { indexValue, lengthOf, sliceValue } from "../elements.js";
import { escapeHtml, escapeJavaScript, escapeQuery } from "./escape.js";
import { formatValues, printLine, printValues } from "../format/printf.js";
import { executeError } from "../limits.js";
import {
  boolValue,
  compareText,
  isTrue,
  nilValue,
  stringValue,
  type StructValue,
  type TemplateValue,
  typeName,
} from "../value.js";

/** Calls one of Go's predefined functions other than `and` and `or`, which need not evaluate all. */
export function callBuiltin(
  name: string,
  values: readonly TemplateValue[],
  offset: number,
): TemplateValue {
  const builtin = BUILTINS.get(name);
  if (builtin === undefined) throw executeError(offset, `there is no function "${name}"`);
  checkCount(name, builtin, values.length, offset);
  return builtin.call(values, offset);
}

/** Whether a template may call a function of this name. */
export function isFunctionName(name: string): boolean {
  return name === "and" || name === "or" || BUILTINS.has(name);
}

type Call = (values: readonly TemplateValue[], offset: number) => TemplateValue;

interface Builtin {
  readonly minimum: number;
  readonly maximum: number;
  readonly call: Call;
}

const MANY = Number.POSITIVE_INFINITY;

function checkCount(name: string, builtin: Builtin, count: number, offset: number): void {
  const { minimum, maximum } = builtin;
  if (count >= minimum && count <= maximum) return;
  const wanted = minimum === maximum ? String(minimum) : `at least ${minimum}`;
  throw executeError(offset, `${name} takes ${wanted} arguments, not ${count}`);
}

const BUILTINS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ["not", { minimum: 1, maximum: 1, call: ([value = nilValue]) => boolValue(!isTrue(value)) }],
  ["len", { minimum: 1, maximum: 1, call: ([value = nilValue], at) => lengthOf(value, at) }],
  ["index", withFirst(indexValue)],
  ["slice", withFirst(sliceValue)],
  ["printf", withFirst(callPrintf)],
  ["print", textFunction(printValues)],
  ["println", textFunction(printLine)],
  ["html", escapeFunction(escapeHtml)],
  ["js", escapeFunction(escapeJavaScript)],
  ["urlquery", escapeFunction(escapeQuery)],
  ["eq", withFirst(callEqual)],
  ["ne", comparison((left, right, offset) => !equalsAny(left, [right], offset))],
  ["lt", comparison(isLess)],
  ["le", comparison(isLessOrEqual)],
  ["gt", comparison((left, right, offset) => !isLessOrEqual(left, right, offset))],
  ["ge", comparison((left, right, offset) => !isLess(left, right, offset))],
  ["call", withFirst(refuseCall)],
]);

function callPrintf(
  format: TemplateValue,
  values: readonly TemplateValue[],
  offset: number,
): TemplateValue {
  if (format.kind === "string") return stringValue(formatValues(format.value, values, offset));
  throw executeError(offset, `printf: the format is a string, not a ${typeName(format)}`);
}

function callEqual(
  first: TemplateValue,
  rest: readonly TemplateValue[],
  offset: number,
): TemplateValue {
  if (rest.length === 0) throw executeError(offset, "eq: there is nothing to compare with");
  return boolValue(equalsAny(first, rest, offset));
}

function refuseCall(
  first: TemplateValue,
  _rest: readonly TemplateValue[],
  offset: number,
): TemplateValue {
  throw executeError(offset, `call: a value of type ${typeName(first)} is not a function`);
}

function isLessOrEqual(left: TemplateValue, right: TemplateValue, offset: number): boolean {
  return isLess(left, right, offset) || equalsAny(left, [right], offset);
}

/** A function of one value and any number of others. */
function withFirst(
  apply: (first: TemplateValue, rest: readonly TemplateValue[], offset: number) => TemplateValue,
): Builtin {
  return {
    minimum: 1,
    maximum: MANY,
    call: ([first = nilValue, ...rest], offset) => apply(first, rest, offset),
  };
}

function comparison(
  compare: (left: TemplateValue, right: TemplateValue, offset: number) => boolean,
): Builtin {
  return {
    minimum: 2,
    maximum: 2,
    call: ([left = nilValue, right = nilValue], offset) => boolValue(compare(left, right, offset)),
  };
}

/** A function that makes text of any number of values, none included. */
function textFunction(
  print: (values: readonly TemplateValue[], offset: number) => string,
): Builtin {
  return {
    minimum: 0,
    maximum: MANY,
    call: (values, offset) => stringValue(print(values, offset)),
  };
}

/** Escaping prints nil the way an action does, unlike `print`. */
function escapeFunction(escape: (text: string) => string): Builtin {
  return textFunction((values, offset) => {
    const shown = values.map((value) => (value.kind === "nil" ? stringValue("<no value>") : value));
    return escape(printValues(shown, offset));
  });
}

/**
 * Go's `eq`: whether the first value equals any of the others. `nil` may be compared to anything;
 * else both have to be of the same kind, and lists, maps and what holds them cannot be compared.
 */
function equalsAny(
  first: TemplateValue,
  others: readonly TemplateValue[],
  offset: number,
): boolean {
  return others.some((other) => equals(first, other, offset));
}

/** Go's `lt`: numbers by size, strings by their bytes; anything else is an error. */
function isLess(left: TemplateValue, right: TemplateValue, offset: number): boolean {
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
