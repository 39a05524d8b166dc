import { ANNOTATION_PREFIX } from "../../src/annotations/annotation-keys.js";
import {
  parseAnnotations,
  type AnnotatedApplication,
  type AnnotationOptions,
} from "../../src/annotations/parse-annotations.js";
import type { Diagnostic } from "../../src/errors/diagnostic.js";
import type { ImagePolicy } from "../../src/policy/image-policy.js";

/** Annotations by what stands after the prefix. */
export function prefixed<Value>(settings: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [`${ANNOTATION_PREFIX}${key}`, value]),
  );
}

/** What annotations mean; throws when there is no value. */
export function annotated(
  settings: Readonly<Record<string, unknown>>,
  options?: AnnotationOptions,
): AnnotatedApplication {
  const { value, diagnostics } = parseAnnotations(prefixed(settings), options);
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}

/** The one policy that annotations give. */
export function onlyPolicy(
  settings: Readonly<Record<string, unknown>>,
  options?: AnnotationOptions,
): ImagePolicy {
  const { images } = annotated(settings, options);
  const [policy, ...others] = images;
  if (policy === undefined || others.length > 0) throw new Error(`${images.length} policies`);
  return policy;
}

export function diagnosticsOf(
  settings: Readonly<Record<string, unknown>>,
  options?: AnnotationOptions,
): readonly Diagnostic[] {
  return parseAnnotations(prefixed(settings), options).diagnostics;
}

/** `severity code key image`, the key without its prefix. */
export function shortly({ severity, code, where }: Diagnostic): string {
  const key = where.annotation?.slice(ANNOTATION_PREFIX.length) ?? "?";
  return [severity, code, key, where.image].filter((part) => part !== undefined).join(" ");
}

/** The part of an annotation that a diagnostic points to. */
export function pointedAt(
  settings: Readonly<Record<string, string>>,
  { where }: Diagnostic,
): string | undefined {
  const value = prefixed(settings)[where.annotation ?? ""];
  if (value === undefined || where.offset === undefined || where.length === undefined) {
    return undefined;
  }
  return value.slice(where.offset, where.offset + where.length);
}
