/** Whole numbers as Go's `strconv.ParseInt` reads them with base 0: a leading zero means octal. */
const GO_INTEGER =
  /^[-+]?(?:(?<octal>0o?[0-7]+)|(?<hexadecimal>0x[0-9a-f]+)|(?<binary>0b[01]+)|(?<decimal>0|[1-9][0-9]*))$/iu;
const YAML_FLOAT = /^[-+]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][-+][0-9]+)?$/u;

/**
 * A whole number as Go's yaml.v2 reads it into an integer, `undefined` for other text.
 *
 * `010` is 8, underscores do not count, and of a fraction only the whole part does, as in `08` and
 * `2.5`, which Go takes for floating-point numbers.
 */
export function parseYamlInteger(text: string): number | undefined {
  const plain = text.replaceAll("_", "");
  if (plain.length > 100) return undefined;
  const groups = GO_INTEGER.exec(plain)?.groups;
  const value = groups === undefined ? parseFloatingPoint(plain) : parseGroups(groups);
  if (value === undefined || !Number.isSafeInteger(value)) return undefined;
  return plain.startsWith("-") && groups !== undefined ? -value : value;
}

function parseGroups({
  octal,
  hexadecimal,
  binary,
  decimal,
}: Readonly<Record<string, string | undefined>>): number {
  if (octal !== undefined) return Number.parseInt(octal.replace(/^0o?/iu, ""), 8);
  if (hexadecimal !== undefined) return Number.parseInt(hexadecimal.slice(2), 16);
  return binary === undefined ? Number(decimal) : Number.parseInt(binary.slice(2), 2);
}

function parseFloatingPoint(text: string): number | undefined {
  return YAML_FLOAT.test(text) ? Math.trunc(Number(text)) : undefined;
}
