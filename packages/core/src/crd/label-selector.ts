import type { Diagnostic } from "../errors/diagnostic.js";
import type { Findings } from "./findings.js";
import { describeValue, openField, openMapping, pathOf, type Mapping } from "./mapping.js";
import { readList, readText, readTexts } from "./read-values.js";

/** Labels of an Application. */
export type Labels = Readonly<Record<string, string>>;

/** A label selector of Kubernetes, compiled. */
export interface LabelSelector {
  /** How many labels and expressions it asks for. */
  readonly requirements: number;
  matches(labels: Labels): boolean;
}

/** What a field says about labels. */
export interface ReadSelector {
  /** Undefined when the field is absent, or wrong. */
  readonly selector?: LabelSelector | undefined;
  readonly isBroken: boolean;
}

/**
 * Reads a `labelSelectors` field by the rules of Kubernetes: `matchLabels`, and `matchExpressions` with
 * In, NotIn, Exists and DoesNotExist; all must hold. An empty selector matches everything.
 */
export function readLabelSelector(findings: Findings, ref: Mapping): ReadSelector {
  const known = ["matchLabels", "matchExpressions"];
  const block = openField(findings, ref, "labelSelectors", known);
  if (block === undefined) return { isBroken: false };
  if (block.problem !== undefined) return { isBroken: true };
  const checks = [
    ...readMatchLabels(findings, block.value),
    ...readMatchExpressions(findings, block.value),
  ];
  const usable = checks.filter((check) => typeof check === "function");
  if (usable.length < checks.length) return { isBroken: true };
  const matches = (labels: Labels): boolean => usable.every((check) => check(labels));
  return { selector: { requirements: usable.length, matches }, isBroken: false };
}

type Check = (labels: Labels) => boolean;

function readMatchLabels(findings: Findings, block: Mapping): readonly (Check | Diagnostic)[] {
  const labels = openField(findings, block, "matchLabels");
  if (labels === undefined) return [];
  if (labels.problem !== undefined) return [labels.problem];
  return [...labels.value.fields.keys()].map((key) => {
    const { path, value, problem } = readText(findings, labels.value, key) ?? labels;
    if (problem !== undefined) return problem;
    const wrong = typeof value === "string" ? inspectLabel(key, [value]) : undefined;
    if (wrong !== undefined) return refuse(findings, path, wrong);
    return (found) => valueOf(found, key) === value;
  });
}

const EXPRESSION_FIELDS = ["key", "operator", "values"];

function readMatchExpressions(findings: Findings, block: Mapping): readonly (Check | Diagnostic)[] {
  const list = readList(findings, block, "matchExpressions");
  if (list === undefined) return [];
  if (list.problem !== undefined) return [list.problem];
  return list.value.map((entry, index) => {
    const place = `${list.path}[${index}]`;
    const expression = openMapping(findings, place, entry, EXPRESSION_FIELDS);
    return expression.problem ?? readExpression(findings, expression.value);
  });
}

function readExpression(findings: Findings, expression: Mapping): Check | Diagnostic {
  const key = readText(findings, expression, "key");
  const operator = readText(findings, expression, "operator");
  const values = readTexts(findings, expression, "values");
  const problem = key?.problem ?? operator?.problem ?? values?.problem;
  if (problem !== undefined) return problem;
  const name = key?.value ?? "";
  const wanted = values?.value ?? [];
  const check = compileOperator(operator?.value, name, new Set(wanted));
  if (check === undefined) {
    const message = `${describeValue(operator?.value)} is not an operator; write In, NotIn, Exists or DoesNotExist`;
    return refuse(findings, pathOf(expression.path, "operator"), message);
  }
  const needsValues = operator?.value === "In" || operator?.value === "NotIn";
  if (needsValues !== wanted.length > 0) {
    const message = needsValues
      ? `${operator?.value} has no values; write at least one`
      : `${operator?.value} takes no values; take them out`;
    return refuse(findings, pathOf(expression.path, "values"), message);
  }
  const wrong = inspectLabel(name, wanted);
  return wrong === undefined ? check : refuse(findings, expression.path, wrong);
}

function compileOperator(
  operator: string | undefined,
  key: string,
  values: ReadonlySet<string>,
): Check | undefined {
  const exists: Check = (labels) => valueOf(labels, key) !== undefined;
  const isIn: Check = (labels) => exists(labels) && values.has(valueOf(labels, key) ?? "");
  const checks = new Map<string | undefined, Check>([
    ["In", isIn],
    ["NotIn", (labels) => !isIn(labels)],
    ["Exists", exists],
    ["DoesNotExist", (labels) => !exists(labels)],
  ]);
  return checks.get(operator);
}

const LABEL_NAME = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/u;
const LABEL_PREFIX =
  /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/u;

/** What is wrong with a label by the grammar of Kubernetes; no Application can carry such a one. */
function inspectLabel(key: string, values: readonly string[]): string | undefined {
  const [name = "", prefix, ...rest] = key.split("/").toReversed();
  const isKey =
    LABEL_NAME.test(name) &&
    (prefix === undefined || LABEL_PREFIX.test(prefix)) &&
    rest.length === 0;
  if (!isKey) {
    return `${describeValue(key)} is not a key of a label; write [prefix/]name, as app.kubernetes.io/part-of`;
  }
  const wrong = values.find((value) => value !== "" && !LABEL_NAME.test(value));
  if (wrong === undefined) return undefined;
  return `${describeValue(wrong)} is not a value of a label; write at most 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends`;
}

function valueOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function refuse(findings: Findings, path: string, message: string): Diagnostic {
  return findings.report(path, message, { code: "invalid-label-selector" });
}
