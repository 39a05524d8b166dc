import type { z } from "zod";
import type { Diagnostic } from "../errors/diagnostic.js";
import { didYouMean, quoteText } from "../errors/wording.js";
import type { Findings } from "./findings.js";

/** A mapping of the resource and where it stands. */
export interface Mapping {
  /** JSON path, as `spec.applicationRefs[0]`; empty for the resource itself. */
  readonly path: string;
  readonly fields: ReadonlyMap<string, unknown>;
}

/** A field that is there: its value, or what is wrong with it. */
export type Field<T> =
  | { readonly path: string; readonly value: T; readonly problem?: undefined }
  | { readonly path: string; readonly value?: undefined; readonly problem: Diagnostic };

/**
 * Takes a value for a mapping.
 *
 * Where its keys are known, null counts as absent, as in Kubernetes, and any other key is a warning:
 * the API server drops it, and it has no effect.
 */
export function openMapping(
  findings: Findings,
  path: string,
  value: unknown,
  known?: readonly string[],
): Field<Mapping> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const wanted = known === undefined ? "" : ` of ${known.join(", ")}`;
    const message = `${describeValue(value)} stands where a mapping${wanted} belongs`;
    return { path, problem: findings.report(path, message) };
  }
  const entries = Object.entries(value);
  if (known === undefined) return { path, value: { path, fields: new Map(entries) } };
  const present = entries.filter(([, field]) => field !== null);
  for (const [key] of present) {
    if (!known.includes(key)) reportUnknown(findings, path, key, known);
  }
  return { path, value: { path, fields: new Map(present) } };
}

function reportUnknown(
  findings: Findings,
  path: string,
  key: string,
  known: readonly string[],
): void {
  const right = known.length === 0 ? "there are none here" : `those here are ${known.join(", ")}`;
  const near = didYouMean(key, known);
  const home = near === "" ? HOMES.get(key) : undefined;
  const moved = home === undefined ? near : `; ${key} belongs in ${home}`;
  const message = `no field has this name, so it has no effect; ${right}${moved}`;
  findings.report(pathOf(path, key), message, { severity: "warning", code: "unknown-field" });
}

/** Where fields stand, for those that stand at a wrong place. */
const HOMES: ReadonlyMap<string, string> = new Map([
  ["images", "spec.applicationRefs[]"],
  ["namePattern", "spec.applicationRefs[]"],
  ["labelSelectors", "spec.applicationRefs[]"],
  ["useAnnotations", "spec.applicationRefs[]"],
  ["commonUpdateSettings", "spec, a reference or an image"],
  ["imagesVerification", "spec, a reference or an image"],
  ["writeBackConfig", "spec or a reference"],
  ["alias", "images[]"],
  ["imageName", "images[]"],
  ["manifestTargets", "images[]"],
  ...["updateStrategy", "forceUpdate", "allowTags", "ignoreTags", "pullSecret", "platforms"].map(
    (field) => [field, "commonUpdateSettings"] as const,
  ),
  ["method", "writeBackConfig"],
  ["gitConfig", "writeBackConfig"],
  ...["repository", "branch", "writeBackTarget", "pullRequest"].map(
    (field) => [field, "writeBackConfig.gitConfig"] as const,
  ),
  ...["helm", "kustomize", "plugin"].map((field) => [field, "manifestTargets"] as const),
  ["cosignKey", "imagesVerification"],
]);

/** Opens the mapping that a field holds; undefined when the field is absent. */
export function openField(
  findings: Findings,
  { path, fields }: Mapping,
  key: string,
  known?: readonly string[],
): Field<Mapping> | undefined {
  const value = fields.get(key);
  return value === undefined ? undefined : openMapping(findings, pathOf(path, key), value, known);
}

/** Reads a field by its schema; undefined when it is absent. `right` says what belongs there. */
export function readField<T>(
  findings: Findings,
  { path, fields }: Mapping,
  key: string,
  schema: z.ZodType<T>,
  right: string,
): Field<T> | undefined {
  const value = fields.get(key);
  if (value === undefined) return undefined;
  const place = pathOf(path, key);
  const decoded = schema.safeParse(value);
  if (decoded.success) return { path: place, value: decoded.data };
  return {
    path: place,
    problem: findings.report(place, `${describeValue(value)} stands here; ${right}`),
  };
}

/** The path of a field of a mapping. */
export function pathOf(path: string, key: string): string {
  if (!/^[\w-]+$/u.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

/** A value as a person reads it in a message: scalars as JSON, shortened, and the kind of the others. */
export function describeValue(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value !== "string") return typeof value === "object" ? "a mapping" : typeof value;
  return quoteText(value);
}
