import type { Diagnostic } from "../errors/diagnostic.js";
import { ANNOTATION_PREFIX, OWN_PREFIX } from "./annotation-keys.js";
import type { Annotations } from "./read-annotation.js";

/**
 * The annotations that are text, and an error for each of ours that is not.
 *
 * YAML makes a boolean of `true` without quotes; Kubernetes refuses it, so what was meant is not guessed.
 */
export function textAnnotations(annotations: Readonly<Record<string, unknown>>): {
  readonly texts: Annotations;
  readonly diagnostics: readonly Diagnostic[];
} {
  const entries = Object.entries(annotations);
  const texts = entries.flatMap(([key, value]) =>
    typeof value === "string" ? [[key, value] as const] : [],
  );
  const diagnostics = entries.flatMap(([key, value]) =>
    typeof value === "string" || value === undefined || value === null ? [] : notText(key, value),
  );
  return { texts: Object.fromEntries(texts), diagnostics };
}

function notText(key: string, value: unknown): readonly Diagnostic[] {
  if (!key.startsWith(ANNOTATION_PREFIX) && !key.startsWith(OWN_PREFIX)) return [];
  const kind = Array.isArray(value) ? "list" : typeof value;
  const message = `the value is a ${kind}, annotations are text; write it in quotes`;
  return [{ severity: "error", code: "invalid-annotation", where: { annotation: key }, message }];
}
