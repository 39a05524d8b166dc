/** A schema of a custom resource, as far as the definitions of this repository use it. */
export interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly description?: string;
  readonly "x-kubernetes-list-type"?: string;
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  readonly "x-kubernetes-map-type"?: string;
}

/** Of all that OpenAPI has, what a structural schema may say and {@link Schema} knows. */
const KEYWORDS: ReadonlySet<string> = new Set([
  "type",
  "properties",
  "additionalProperties",
  "items",
  "required",
  "default",
  "enum",
  "pattern",
  "format",
  "minimum",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "anyOf",
  "oneOf",
  "description",
  "x-kubernetes-list-type",
  "x-kubernetes-list-map-keys",
  "x-kubernetes-map-type",
]);

const NOT_IN_JUNCTORS = ["description", "type", "default", "additionalProperties"] as const;

/**
 * What an API server would refuse a schema for; nothing when it is structural.
 *
 * @see https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
export function structuralProblems(schema: Schema, path = "$"): readonly string[] {
  const unknown = Object.keys(schema).filter((keyword) => !KEYWORDS.has(keyword));
  return [
    ...unknown.map((keyword) => `${path}: ${keyword} is not for structural schemas`),
    ...(schema.type === undefined ? [`${path}: no type`] : []),
    ...(schema.properties !== undefined && schema.additionalProperties !== undefined
      ? [`${path}: properties and additionalProperties exclude each other`]
      : []),
    ...(schema.type === "array" && schema.items === undefined ? [`${path}: no items`] : []),
    ...requiredProblems(schema, path),
    ...listProblems(schema, path),
    ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((junctor) =>
      junctorProblems(junctor, schema, `${path}(junctor)`),
    ),
    ...childrenOf(schema).flatMap(([name, child]) => structuralProblems(child, `${path}.${name}`)),
  ];
}

function childrenOf(schema: Schema): readonly (readonly [string, Schema])[] {
  return [
    ...Object.entries(schema.properties ?? {}),
    ...(schema.additionalProperties === undefined
      ? []
      : [["*", schema.additionalProperties] as const]),
    ...(schema.items === undefined ? [] : [["[]", schema.items] as const]),
  ];
}

function requiredProblems(
  { required = [], properties = {} }: Schema,
  path: string,
): readonly string[] {
  return required
    .filter((name) => !Object.hasOwn(properties, name))
    .map((name) => `${path}: requires ${name}, which is not a property`);
}

/** The keys of a list map identify its items: each is there in every item. */
function listProblems(schema: Schema, path: string): readonly string[] {
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  const { required = [], properties = {} } = schema.items ?? {};
  const isMap = schema["x-kubernetes-list-type"] === "map";
  return [
    ...(isMap === keys.length > 0 ? [] : [`${path}: a list map has keys, another list has none`]),
    ...keys
      .filter((key) => !required.includes(key) && properties[key]?.default === undefined)
      .map((key) => `${path}: key ${key} is neither required nor has a default`),
  ];
}

/** Inside of anyOf and oneOf, values are restricted, and nothing new is said about the shape. */
function junctorProblems(junctor: Schema, outer: Schema, path: string): readonly string[] {
  return [
    ...NOT_IN_JUNCTORS.filter((keyword) => junctor[keyword] !== undefined).map(
      (keyword) => `${path}: ${keyword} is not for junctors`,
    ),
    ...(junctor.required ?? [])
      .filter((name) => outer.properties?.[name] === undefined)
      .map((name) => `${path}: ${name} is not specified outside`),
    ...Object.entries(junctor.properties ?? {}).flatMap(([name, child]) => {
      const specified = outer.properties?.[name];
      return specified === undefined
        ? [`${path}: ${name} is not specified outside`]
        : junctorProblems(child, specified, `${path}.${name}`);
    }),
  ];
}
