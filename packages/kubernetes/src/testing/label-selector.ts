/** Whether labels satisfy a selector. */
export type LabelMatcher = (labels: Readonly<Record<string, string>>) => boolean;

/**
 * Reads a label selector as the API server does: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b)`,
 * `a`, `!a`, joined by commas. `undefined` for text that is none.
 */
export function parseLabelSelector(selector: string): LabelMatcher | undefined {
  if (selector.trim() === "") return () => true;
  const matchers = selector.split(/,(?![^(]*\))/).map((part) => parseRequirement(part.trim()));
  if (matchers.includes(undefined)) return undefined;
  return (labels) => matchers.every((matches) => matches?.(labels) === true);
}

const EQUALITY = /^([\w./-]+)\s*(==?|!=)\s*([\w.-]*)$/;
const SET = /^([\w./-]+)\s+(in|notin)\s+\(([^()]*)\)$/;
const PRESENCE = /^(!?)\s*([\w./-]+)$/;

function parseRequirement(text: string): LabelMatcher | undefined {
  const equality = EQUALITY.exec(text);
  if (equality !== null) {
    const [, key = "", operator, value = ""] = equality;
    return oneOf(key, [value], operator !== "!=");
  }
  const set = SET.exec(text);
  if (set !== null) {
    const [, key = "", operator, values = ""] = set;
    const wanted = values.split(",").map((value) => value.trim());
    return oneOf(key, wanted, operator === "in");
  }
  const presence = PRESENCE.exec(text);
  if (presence === null) return undefined;
  const [, absent, key = ""] = presence;
  return (labels) => Object.hasOwn(labels, key) === (absent === "");
}

function oneOf(key: string, values: readonly string[], wanted: boolean): LabelMatcher {
  return (labels) => (Object.hasOwn(labels, key) && values.includes(labels[key] ?? "")) === wanted;
}
