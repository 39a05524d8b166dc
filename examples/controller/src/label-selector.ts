/** Whether labels are as a selector wants them. */
export type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

const REQUIREMENT =
  /^(?:(?<absent>!)?\s*(?<key>[\w./-]+)|(?<left>[\w./-]+)\s*(?<sign>==?|!=)\s*(?<value>[\w.-]*)|(?<name>[\w./-]+)\s+(?<verb>in|notin)\s*\((?<set>[^()]*)\))$/u;

/**
 * Reads a label selector as `kubectl --selector` takes it (`a=b`, `a!=b`, `a in (b,c)`, `a notin (b)`,
 * `a`, `!a`, all of them with commas between); undefined for other text. No text selects everything.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
export function parseLabelSelector(text: string): LabelTest | undefined {
  if (text.trim() === "") return () => true;
  // A comma inside of parentheses separates values, not requirements.
  const tests = text.split(/,(?![^(]*\))/u).map((part) => parseRequirement(part.trim()));
  const known = tests.flatMap((test) => test ?? []);
  if (known.length < tests.length) return undefined;
  return (labels) => known.every((test) => test(labels));
}

function parseRequirement(text: string): LabelTest | undefined {
  const groups = REQUIREMENT.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const { absent, key, left, sign, value = "", name = "", verb, set = "" } = groups;
  if (key !== undefined) return (labels) => Object.hasOwn(labels, key) === (absent === undefined);
  if (left !== undefined) {
    return (labels) => (valueOf(labels, left) === value) === (sign !== "!=");
  }
  const values = set.split(",").map((one) => one.trim());
  return (labels) => {
    const found = valueOf(labels, name);
    return (found !== undefined && values.includes(found)) === (verb === "in");
  };
}

function valueOf(labels: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
