import {
  parseOtherParameters,
  type OtherParameters,
} from "../annotations/parse-other-parameters.js";
import { parseAnnotations, type AnnotatedApplication } from "../annotations/parse-annotations.js";
import { isSameGitRepository } from "../config/git-repository-address.js";
import { hasErrors, type Diagnostic, type Parsed } from "../errors/diagnostic.js";
import type { ImageReference } from "../image/image-reference.js";
import { parseImageReference } from "../image/parse-image-reference.js";
import type { ImagePolicy, ImageVerification } from "../policy/image-policy.js";
import type { SourceChoice } from "../policy/source-choice.js";
import type { UpdateStrategy } from "../strategy/update-strategy.js";
import type { Application, ApplicationSourceSpec } from "./application.js";
import {
  chooseSource,
  chooseType,
  findChosenSource,
  listSources,
  type ImageHint,
  type LocatedSource,
} from "./choose-source.js";
import {
  decodeManifest,
  nameOfManifest,
  type DecodedManifest,
  type ManifestProblem,
} from "./manifest-schema.js";

/** How an Application manifest is read. */
export interface ReadApplicationOptions {
  /** Strategies besides the built-in ones. */
  readonly strategies?: readonly UpdateStrategy[] | undefined;
  /** Namespace of an Application that names none: the controller's. Default `argocd`. */
  readonly controllerNamespace?: string | undefined;
  /**
   * Makes an unknown strategy an error of its image, unless the updater is given a strategy of that name.
   * Default `false`.
   */
  readonly strict?: boolean | undefined;
  /**
   * What to care for, from elsewhere than the annotations: an ImageUpdater resource, or code. The
   * annotations are then not read.
   */
  readonly settings?: AnnotatedApplication | undefined;
  /** The signature that every new image must carry, where its own settings name none. */
  readonly verification?: ImageVerification | undefined;
  /** The source of a multi-source Application to write for, where nothing closer to it says another. */
  readonly source?: SourceChoice | undefined;
  /**
   * What becomes of parameters that a new override file would hide, where the Application's annotation
   * `image-updater.dev/other-parameters` says nothing. Default: such an update is an error.
   */
  readonly otherParameters?: OtherParameters | undefined;
}

/**
 * Reads an Argo CD Application manifest (decoded JSON or YAML).
 *
 * The value is undefined when the manifest is not an Application, has no source, or, where no settings
 * are given, has no `image-list` annotation; the last without a diagnostic, since such an Application
 * is simply not managed.
 */
export function readApplication(
  manifest: unknown,
  options: ReadApplicationOptions = {},
): Parsed<Application> {
  const decoded = decodeManifest(manifest);
  if ("problems" in decoded) {
    const name = nameOfManifest(manifest);
    return { value: undefined, diagnostics: decoded.problems.map((one) => invalid(one, name)) };
  }
  const fields = decoded.manifest;
  const namespace = fields.namespace ?? options.controllerNamespace ?? "argocd";
  const application = `${namespace}/${fields.name}`;
  const { value: annotated, diagnostics } = readAnnotations(fields, namespace, options);
  if (annotated === undefined) return { value: undefined, diagnostics };
  const chosen = chosenSource(fields, annotated.source ?? options.source);
  const type = chooseType(fields, annotated.writeBack, imageHint(annotated), chosen.value);
  const source = chosen.value ?? chooseSource(fields, type);
  // A setting of the Application itself, wherever its other settings come from.
  const others = parseOtherParameters(fields.annotations);
  const otherParameters = others.value ?? options.otherParameters;
  if (source === undefined) {
    return { value: undefined, diagnostics: [...diagnostics, invalid(NO_SOURCE, application)] };
  }
  const value: Application = {
    name: fields.name,
    namespace,
    ...(fields.project === undefined ? {} : { project: fields.project }),
    type,
    source: sourceSpec(source),
    liveImages: fields.liveImages?.flatMap(parseLive),
    policies: annotated.images.map((policy) => ({ ...withVerification(options), ...policy })),
    invalidImages: annotated.invalidImages.map(({ policy, ...image }) => ({
      ...image,
      ...(policy === undefined ? {} : { policy: { ...withVerification(options), ...policy } }),
    })),
    // Nothing is written to another source than the one that is meant.
    writeBack: hasErrors([...chosen.diagnostics, ...others.diagnostics])
      ? undefined
      : annotated.writeBack,
    ...(otherParameters === undefined ? {} : { otherParameters }),
    revision: revisionOf(fields, annotated, source),
    manifest,
  };
  const unsupported = type === "unsupported" ? [unsupportedType(fields, application)] : [];
  const located = [...chosen.diagnostics, ...others.diagnostics].map((found) => ({
    ...found,
    where: { ...found.where, application },
  }));
  return { value, diagnostics: [...diagnostics, ...located, ...unsupported] };
}

/** Without a choice the value is undefined, and the source is found by Argo CD Image Updater's rules. */
function chosenSource(
  manifest: DecodedManifest,
  choice: SourceChoice | undefined,
): Parsed<LocatedSource> {
  if (choice === undefined) return { value: undefined, diagnostics: [] };
  const value = findChosenSource(manifest, choice);
  if (value !== undefined) return { value, diagnostics: [] };
  const wanted =
    choice.kind === "index" ? `at place ${choice.index}, counted from 0` : `named "${choice.name}"`;
  const names = listSources(manifest).flatMap(({ source }) => source.names);
  const known = names.length === 0 ? "" : `; their names are ${names.join(", ")}`;
  const message = `the Application has no source ${wanted}, of ${listSources(manifest).length} source(s)${known}; nothing is written`;
  return {
    value: undefined,
    diagnostics: [{ severity: "error", code: "invalid-source", where: {}, message }],
  };
}

/** What the annotations say, every diagnostic with the Application's name. */
function readAnnotations(
  { name, annotations }: DecodedManifest,
  namespace: string,
  { strategies, strict, settings }: ReadApplicationOptions,
): Parsed<AnnotatedApplication> {
  if (settings !== undefined) return { value: settings, diagnostics: [] };
  const locate = (found: Diagnostic): Diagnostic => ({
    ...found,
    where: { ...found.where, application: `${namespace}/${name}` },
  });
  const parsed = parseAnnotations(annotations, {
    applicationNamespace: namespace,
    strategies,
    strict,
  });
  const diagnostics = parsed.diagnostics.map(locate);
  if (parsed.value === undefined) return { value: undefined, diagnostics };
  const invalidImages = parsed.value.invalidImages.map((image) => ({
    ...image,
    problem: locate(image.problem),
  }));
  return { value: { ...parsed.value, invalidImages }, diagnostics };
}

function withVerification({ verification }: ReadApplicationOptions): Partial<ImagePolicy> {
  return verification === undefined ? {} : { verification };
}

const NO_SOURCE: ManifestProblem = {
  field: "spec",
  problem: "the Application has no source; set source, sources or sourceHydrator",
};

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
 * of the chosen one. Empty and `HEAD` mean the remote's HEAD, and so does the version of a chart, which
 * is not a branch of any repository.
 */
function revisionOf(
  manifest: DecodedManifest,
  annotated: AnnotatedApplication,
  chosen: LocatedSource,
): string | undefined {
  const repository = annotated.writeBack?.repository;
  const same =
    repository === undefined
      ? undefined
      : sourceOf(listSources(manifest), chosen, (url) => isSameGitRepository(url, repository));
  const { targetRevision: revision, chart } = (same ?? chosen).source;
  if (chart !== undefined && repository !== undefined) return undefined;
  return revision === "" || revision === "HEAD" ? undefined : revision;
}

/** The chosen source if it is in the repository, else the first that is. */
function sourceOf(
  sources: readonly LocatedSource[],
  chosen: LocatedSource,
  isRepository: (url: string) => boolean,
): LocatedSource | undefined {
  const isThere = ({ source }: LocatedSource): boolean =>
    source.chart === undefined && isRepository(source.repositoryUrl);
  return isThere(chosen) ? chosen : sources.find(isThere);
}

function invalid({ field, problem }: ManifestProblem, application: string | undefined): Diagnostic {
  const where = {
    ...(field === "" ? {} : { field }),
    ...(application === undefined ? {} : { application }),
  };
  return { severity: "error", code: "invalid-application", where, message: problem };
}

function unsupportedType(manifest: DecodedManifest, application: string): Diagnostic {
  const message = `the Application cannot be updated, ${explainType(manifest)}; Helm, Kustomize and Plugin sources can`;
  return {
    severity: "warning",
    code: "unsupported-application-type",
    where: { application },
    message,
  };
}

function explainType({ drySource, sources, sourceType, sourceTypes }: DecodedManifest): string {
  if (drySource !== undefined && sources.length === 0) {
    return 'since neither its dry source nor its images\' settings say how it is rendered (write "helm: {}" or "kustomize: {}" into spec.sourceHydrator.drySource)';
  }
  const reported = [...sourceTypes, sourceType ?? ""].filter((type) => type !== "");
  return reported.length > 0
    ? `since its source is of type ${[...new Set(reported)].join(", ")}`
    : "since neither its status, its source nor its images' settings say how it is rendered";
}
