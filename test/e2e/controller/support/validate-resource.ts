import type { Schema } from "./structural-schema.js";

/**
 * What an API server would refuse a resource for, after it has filled in defaults; nothing when it is
 * right. A field that the schema does not know is one too: the server would drop it.
 */
export function resourceProblems(schema: Schema, value: unknown, path = "$"): readonly string[] {
  if (!hasType(schema.type, value)) return [`${path}: is not of type ${String(schema.type)}`];
  return [
    ...scalarProblems(schema, value, path),
    ...(Array.isArray(value) ? listProblems(schema, value, path) : []),
    ...(isMapping(value) ? fieldProblems(schema, withDefaults(schema, value), path) : []),
  ];
}

type Mapping = Readonly<Record<string, unknown>>;

function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function hasType(type: string | undefined, value: unknown): boolean {
  if (type === undefined) return true;
  if (type === "object") return isMapping(value);
  if (type === "array") return Array.isArray(value);
  return type === "integer" ? Number.isInteger(value) : typeof value === type;
}

function scalarProblems(schema: Schema, value: unknown, path: string): readonly string[] {
  const text = typeof value === "string" ? value : undefined;
  const number = typeof value === "number" ? value : 0;
  const checks: readonly (readonly [boolean, string])[] = [
    [schema.enum?.includes(value) ?? true, "is none of the values"],
    [text === undefined || new RegExp(schema.pattern ?? "").test(text), "does not match"],
    [text === undefined || text.length >= (schema.minLength ?? 0), "is too short"],
    [text === undefined || text.length <= (schema.maxLength ?? Infinity), "is too long"],
    [number >= (schema.minimum ?? number), "is too small"],
    [schema.format !== "date-time" || !Number.isNaN(Date.parse(text ?? "")), "is not a time"],
  ];
  return checks.filter(([isRight]) => !isRight).map(([, problem]) => `${path}: ${problem}`);
}

function listProblems(schema: Schema, list: readonly unknown[], path: string): readonly string[] {
  const keys = schema["x-kubernetes-list-map-keys"];
  const names = list.map((item) =>
    JSON.stringify(keys?.map((key) => isMapping(item) && item[key])),
  );
  return [
    ...(list.length < (schema.minItems ?? 0) ? [`${path}: has too few items`] : []),
    ...(list.length > (schema.maxItems ?? Infinity) ? [`${path}: has too many items`] : []),
    ...(keys !== undefined && new Set(names).size < names.length
      ? [`${path}: has duplicates`]
      : []),
    ...list.flatMap((item, index) =>
      resourceProblems(schema.items ?? {}, item, `${path}[${index}]`),
    ),
  ];
}

function withDefaults({ properties = {} }: Schema, value: Mapping): Mapping {
  const defaults = Object.entries(properties).flatMap(([name, { default: preset }]) =>
    preset === undefined ? [] : [[name, preset] as const],
  );
  return { ...Object.fromEntries(defaults), ...value };
}

function fieldProblems(schema: Schema, value: Mapping, path: string): readonly string[] {
  const { properties, additionalProperties, required = [] } = schema;
  const isClosed = properties !== undefined;
  const fits = (junctor: Schema): boolean => resourceProblems(opened(junctor), value).length === 0;
  return [
    ...required
      .filter((name) => !Object.hasOwn(value, name))
      .map((name) => `${path}: ${name} is missing`),
    ...Object.entries(value).flatMap(([name, field]) => {
      const child = properties?.[name] ?? additionalProperties;
      if (child !== undefined) return resourceProblems(child, field, `${path}.${name}`);
      return isClosed && !(OPEN in schema) ? [`${path}: ${name} is not a field`] : [];
    }),
    ...((schema.anyOf?.some(fits) ?? true) ? [] : [`${path}: fits none of anyOf`]),
    ...(schema.oneOf === undefined || schema.oneOf.filter(fits).length === 1
      ? []
      : [`${path}: does not fit one of oneOf`]),
  ];
}

const OPEN = "x-open";

/** Fields that a junctor does not speak of are not problem of it. */
function opened(junctor: Schema): Schema {
  return Object.assign({}, junctor, { [OPEN]: true });
}
