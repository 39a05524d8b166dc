import type { KubernetesObject } from "./kubernetes-object.js";
import { parseLabelSelector } from "./label-selector.js";
import { Refusal } from "./refusal.js";
import { badRequest } from "./status-object.js";

/** Whether a list or watch is about the object. */
export type ObjectMatcher = (object: KubernetesObject) => boolean;

/** What the selectors of a query match; of fields, `metadata.name` and `metadata.namespace` are known. */
export function parseObjectMatcher(query: URLSearchParams): ObjectMatcher {
  const labelText = query.get("labelSelector") ?? "";
  const matchesLabels = parseLabelSelector(labelText);
  if (matchesLabels === undefined) {
    throw new Refusal(badRequest(`unable to parse requirement: ${labelText}`));
  }
  const fields = parseFields(query);
  return ({ metadata }) =>
    matchesLabels(metadata.labels ?? {}) &&
    (fields.name ?? metadata.name) === metadata.name &&
    (fields.namespace ?? metadata.namespace) === metadata.namespace;
}

/** The one object that a list or watch is about, which rights may be bound to. */
export function selectedName(query: URLSearchParams): string | undefined {
  return parseFields(query).name;
}

function parseFields(query: URLSearchParams): {
  readonly name?: string;
  readonly namespace?: string;
} {
  const fields: { name?: string; namespace?: string } = {};
  for (const term of (query.get("fieldSelector") ?? "").split(",")) {
    const found = /^metadata\.(?<field>name|namespace)==?(?<value>[^=]*)$/.exec(term)?.groups;
    if (found === undefined && term !== "") {
      throw new Refusal(badRequest(`field label not supported: ${term}`));
    }
    if (found?.["field"] === "name") fields.name = found["value"] ?? "";
    if (found?.["field"] === "namespace") fields.namespace = found["value"] ?? "";
  }
  return fields;
}
