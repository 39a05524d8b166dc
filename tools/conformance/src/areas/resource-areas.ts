import { parseImageUpdater } from "@image-updater/core/conformance";
import { list, optionalText, record, text } from "../fields.js";
import type { RunCase } from "./area.js";

/** Which reference of an ImageUpdater resource applies, through the whole parser. */
export const resourceAreas: Readonly<Record<string, RunCase>> = {
  "app-ref-specificity": (input) => {
    const fields = record(input);
    const namePattern = text(fields["namePattern"]);
    return refOf({ namePattern, labelSelectors: selectorOf(fields) }).specificity;
  },
  "app-name-pattern": (input) => {
    const { name, pattern } = record(input);
    const ref = refOf({ namePattern: optionalText(pattern) });
    if (ref.settings.kind === "broken") return { error: "bad-pattern" };
    return ref.matches({ name: text(name) });
  },
};

function refOf(fields: object): ReturnType<typeof refsOf>[number] {
  const [ref] = refsOf(fields);
  if (ref === undefined) throw new Error("the resource has no reference");
  return ref;
}

function refsOf(fields: object): NonNullable<ReturnType<typeof parse>["value"]>["refs"] {
  return parse({ ...fields, images: [{ alias: "web", imageName: "nginx" }] }).value?.refs ?? [];
}

function parse(ref: object): ReturnType<typeof parseImageUpdater> {
  return parseImageUpdater({ metadata: { name: "updater" }, spec: { applicationRefs: [ref] } });
}

/** Cases give the number of labels and expressions, or a selector itself. */
function selectorOf(fields: Readonly<Record<string, unknown>>): object | undefined {
  const { matchLabels, matchExpressions, labelSelectors } = fields;
  if (labelSelectors !== undefined) return record(labelSelectors);
  if (matchLabels === undefined && matchExpressions === undefined) return undefined;
  const labels = names(matchLabels).map((name) => [name, "yes"]);
  const expressions = names(matchExpressions).map((key) => ({ key, operator: "Exists" }));
  return { matchLabels: Object.fromEntries(labels), matchExpressions: expressions };
}

function names(value: unknown): readonly string[] {
  if (typeof value === "number")
    return Array.from({ length: value }, (_, index) => `label-${index}`);
  if (Array.isArray(value)) return list(value).map((_, index) => `label-${index}`);
  return value === undefined ? [] : Object.keys(record(value));
}
