import { parseAnnotations, type AnnotatedApplication } from "../annotations/parse-annotations.js";
import type { Diagnostic, Parsed } from "../errors/diagnostic.js";
import type { ImageReference } from "../image/image-reference.js";
import { parseImageReference } from "../image/parse-image-reference.js";
import type { UpdateStrategy } from "../strategy/update-strategy.js";
import type { Application, ApplicationSourceSpec } from "./application.js";
import {
  chooseSource,
  chooseType,
  listSources,
  type ImageHint,
  type LocatedSource,
} from "./choose-source.js";
import { decodeManifest, type DecodedManifest } from "./manifest-schema.js";

/** How an Application manifest is read. */
export interface ReadApplicationOptions {
  /** Strategies besides the built-in ones. */
  readonly strategies?: readonly UpdateStrategy[] | undefined;
  /** Namespace of an Application that names none: the controller's. Default `argocd`. */
  readonly controllerNamespace?: string | undefined;
  /** Makes an unknown strategy an error of its image. Default `false`. */
  readonly strict?: boolean | undefined;
}

/**
 * Reads an Argo CD Application manifest (decoded JSON or YAML).
 *
 * The value is undefined when the manifest is no Application, has no source, or has no usable
 * `image-list` annotation; the last without an error, since such an Application is simply not managed.
 */
export function readApplication(
  manifest: unknown,
  options: ReadApplicationOptions = {},
): Parsed<Application> {
  const decoded = decodeManifest(manifest);
  if ("problems" in decoded) {
    return { value: undefined, diagnostics: decoded.problems.map(invalidField) };
  }
  const fields = decoded.manifest;
  const namespace = fields.namespace ?? options.controllerNamespace ?? "argocd";
  const annotated = parseAnnotations(fields.annotations, {
    applicationNamespace: namespace,
    strategies: options.strategies,
    strict: options.strict,
  });
  const application = `${namespace}/${fields.name}`;
  const located = annotated.diagnostics.map((found) => ({
    ...found,
    where: { ...found.where, application },
  }));
  if (annotated.value === undefined) return { value: undefined, diagnostics: located };
  const type = chooseType(fields, annotated.value.writeBack, imageHint(annotated.value));
  const source = chooseSource(fields, type);
  if (source === undefined) {
    const missing = { field: "spec.source", problem: "the Application has no source" };
    return { value: undefined, diagnostics: [...located, invalidField(missing)] };
  }
  const value: Application = {
    name: fields.name,
    namespace,
    type,
    source: sourceSpec(source),
    liveImages: fields.liveImages?.flatMap(parseLive),
    policies: annotated.value.images,
    invalidImages: annotated.value.invalidImages,
    writeBack: annotated.value.writeBack,
    revision: revisionOf(fields, annotated.value, source),
    manifest,
  };
  const unsupported = type === "unsupported" ? [unsupportedType(fields, application)] : [];
  return { value, diagnostics: [...located, ...unsupported] };
}

function imageHint(annotated: AnnotatedApplication): ImageHint {
  const targets = annotated.images.map((policy) => policy.targets);
  if (targets.some((target) => target.kustomize !== undefined)) return "kustomize";
  return targets.some((target) => target.helm !== undefined) ? "helm" : undefined;
}

function sourceSpec({ pointer, source }: LocatedSource): ApplicationSourceSpec {
  return {
    pointer,
    repositoryUrl: source.repositoryUrl,
    path: source.path,
    targetRevision: source.targetRevision,
    ...(source.chart === undefined ? {} : { chart: source.chart }),
    helmParameters: source.helmParameters ?? [],
    kustomizeImages: source.kustomizeImages ?? [],
    pluginEnv: source.pluginEnv ?? [],
  };
}

function parseLive(text: string): readonly ImageReference[] {
  const { value } = parseImageReference(text);
  return value === undefined ? [] : [value];
}

/**
 * The branch to write to: the target revision of the source that has the write-back repository, else
 * of the chosen one. Empty and `HEAD` mean the remote's HEAD.
 */
function revisionOf(
  manifest: DecodedManifest,
  annotated: AnnotatedApplication,
  chosen: LocatedSource,
): string | undefined {
  const repository = annotated.writeBack?.repository;
  const same = listSources(manifest).find(({ source }) => source.repositoryUrl === repository);
  const revision = (same ?? chosen).source.targetRevision;
  return revision === "" || revision === "HEAD" ? undefined : revision;
}

function invalidField({ field, problem }: { field: string; problem: string }): Diagnostic {
  return { severity: "error", code: "invalid-application", where: { field }, message: problem };
}

function unsupportedType(manifest: DecodedManifest, application: string): Diagnostic {
  const reported = manifest.sourceTypes[0] ?? manifest.sourceType ?? "none";
  const message = `source type "${reported}" cannot be updated; Helm, Kustomize and Plugin can`;
  return {
    severity: "warning",
    code: "unsupported-application-type",
    where: { application },
    message,
  };
}
