import { amendDecision } from "../decision/decision.js";
import type { Diagnostic } from "../errors/diagnostic.js";
import { EditError } from "../errors/edit-error.js";
import type { ErrorSummary } from "../errors/image-updater-error.js";
import { WriteBackError } from "../errors/write-back-error.js";
import { applyEdit } from "../overrides/apply-edit.js";
import type { Edit, FileEdit } from "../ports/edits.js";
import type { ReadResult, WriteBackChange } from "../ports/write-back-target.js";
import { isDone, runsOtherwise } from "../application/deployment-sign.js";
import { textOfFile } from "./call-targets.js";
import type { Cycle } from "./cycle.js";
import type { DecidedImage } from "../effect/decided-image.js";
import {
  isWrittenTo,
  ownSource,
  pathsOf,
  type EffectFiles,
  type EffectProblem,
  type EffectSubject,
} from "../effect/effect-subject.js";
import { findOutsideGeneratePaths } from "../effect/generate-paths.js";
import { findHiddenHelmValues } from "../effect/hidden-helm-values.js";
import { findHiddenImages } from "../effect/hidden-images.js";
import { findHiddenSpec, findUnreadOverrides } from "../effect/hidden-override.js";
import {
  dropsParameters,
  readBeneath,
  vanishingNames,
  type BeneathOverride,
} from "../effect/other-parameters.js";
import { findHiddenEntries } from "../effect/hidden-entries.js";
import { findMissingValues } from "./missing-values.js";
import type { ApplicationPlan, FilePreview, ImagePlan } from "./plan.js";
import type { PlannedApplication } from "./plan-application.js";
import { readEffectFiles, type EffectReads } from "./read-effect-files.js";
import { renderChange } from "./render-change.js";
import { summarizeFailure } from "./summarize-failure.js";

/** A plan that is complete. */
export interface SettledPlan {
  readonly plan: ApplicationPlan;
  /** Why its change is not handed to a target: the write has failed before it began. */
  readonly failure?: ErrorSummary | undefined;
}

/** What a cycle wants of files. */
export interface SettleOptions {
  /** Whether the plan shows the files before and after. */
  readonly previews: boolean;
}

/**
 * Completes plans with what only the files tell: whether anything is left to write, whether what is
 * written can reach the cluster, and what a new override file would take from it. Never throws.
 */
export async function settlePlans(
  cycle: Cycle,
  planned: readonly PlannedApplication[],
  { previews }: SettleOptions,
): Promise<readonly SettledPlan[]> {
  const subjects = planned.map((one) => subjectOf(cycle, one));
  const reads = await readEffectFiles(cycle, planned, subjects);
  return planned.map((one, index) => {
    const [subject, read] = [subjects[index], reads[index]];
    if (subject === undefined || read === undefined) return { plan: one.plan };
    if (read.main?.kind === "failed") return withoutFiles(one, read.main.error, previews);
    try {
      return { plan: settle(cycle, one, subject, read, previews) };
    } catch (error) {
      // What cannot be edited is the write's own failure.
      if (!previews && EditError.is(error)) return { plan: one.plan };
      return { plan: { ...withoutChange(one.plan), error: summarizeFailure(error) } };
    }
  });
}

/** Codes of reads that a write would only wait for once more. */
const GIVEN_UP: ReadonlySet<string> = new Set(["timeout", "cancelled"]);

/** Nothing can be shown of files that cannot be read; the write may fare better, where it is safe. */
function withoutFiles(
  planned: PlannedApplication,
  error: ErrorSummary,
  previews: boolean,
): SettledPlan {
  if (previews) return { plan: { ...withoutChange(planned.plan), error } };
  const isFailed = GIVEN_UP.has(error.code) || isGuarded(planned);
  return { plan: planned.plan, ...(isFailed ? { failure: error } : {}) };
}

/** Whether files tell more of a plan than is known: something is written, or was and does not run. */
export function needsFiles(cycle: Cycle, planned: PlannedApplication): boolean {
  return subjectOf(cycle, planned) !== undefined;
}

/** Undefined where nothing is written and nothing hides what was written before. */
function subjectOf(cycle: Cycle, planned: PlannedApplication): EffectSubject | undefined {
  const { application, images, plan } = planned;
  const { change } = plan;
  if (plan.error !== undefined) return undefined;
  const decided = images.flatMap((image) => image.decided ?? []);
  const isStuck = decided.some((image) => isUndeployed(planned, image, true));
  if (change === undefined && !isStuck) return undefined;
  return {
    application,
    controllerNamespace: cycle.controllerNamespace,
    location: change?.location,
    edits: change?.edits ?? [specEdit(planned)],
    images: decided,
  };
}

/** Stands for what the Application holds already. */
function specEdit({ application }: PlannedApplication): Edit {
  const changes = { helm: { parameters: [] } };
  return { kind: "application-patch", source: application.source.pointer, changes };
}

function settle(
  cycle: Cycle,
  planned: PlannedApplication,
  subject: EffectSubject,
  { main, own }: EffectReads,
  previews: boolean,
): ApplicationPlan {
  const { plan } = planned;
  const files = filesOf(subject, main, own);
  const problems = findProblems(subject, files);
  const all = planned.images.flatMap(({ decided }) => decided ?? []);
  const whole = rerender(cycle, planned, all, files);
  const stuck = new Set(
    all.filter((image) => isUndeployed(planned, image, leavesMore(whole, editFiles(whole, main)))),
  );
  const reasons = refusals(planned, problems, stuck);
  const written = all.filter((image) => !reasons.has(image));
  const change = reasons.size === 0 ? whole : rerender(cycle, planned, written, files);
  const images = planned.images.map(({ plan: image, decided }) =>
    settleImage(image, decided, stuck, reasons),
  );
  const stays = images.some(({ decision }) => decision.outcome === "update");
  const edited = editFiles(change, main);
  return {
    ...withoutChange(plan),
    images,
    ...(change !== undefined && stays ? { change } : {}),
    previews: previews && stays ? edited.filter(isChanged).map(shown) : [],
    diagnostics: [
      // The files say exactly what could only be guessed before.
      ...plan.diagnostics.filter(({ code }) => code !== "override-hides-parameters"),
      ...problems
        .filter(({ isGuess }) => isGuess !== true || stuck.size > 0)
        .map(({ diagnostic }) => diagnostic),
      ...(change === undefined ? [] : fileDiagnostics(planned, change, edited, files, main)),
    ],
  };
}

/** Whether only the file tells that writing it takes no parameters out of production. */
function isGuarded({ application, plan: { change } }: PlannedApplication): boolean {
  const unread = { written: () => undefined, own: () => undefined };
  const edit = change?.edits.find(({ kind }) => kind === "argocd-source");
  if (edit?.kind !== "argocd-source" || application.otherParameters === "drop") return false;
  return vanishingNames(readBeneath(application, edit, unread), edit).length > 0;
}

function filesOf(
  { application, location }: EffectSubject,
  main: ReadResult | undefined,
  own: ReadResult | undefined,
): EffectFiles {
  const source = ownSource(application)?.source;
  const isMain = source !== undefined && isWrittenTo(source, location);
  return {
    written: (path) => textIn(main, path),
    own: (path) => textIn(isMain ? main : own, path),
  };
}

function textIn(result: ReadResult | undefined, path: string): string | undefined {
  return result?.kind === "read" ? textOfFile(result.files, path) : undefined;
}

function findProblems(subject: EffectSubject, files: EffectFiles): readonly EffectProblem[] {
  return [
    ...findUnreadOverrides(subject),
    ...findHiddenHelmValues(subject, files),
    ...findHiddenImages(subject, files),
    ...findHiddenSpec(subject, files),
    ...findOutsideGeneratePaths(subject),
  ];
}

/**
 * Which images would be updated in vain, and why; the others are written. What does not run although it
 * stands there is not about to be written.
 *
 * @throws WriteBackError `no-effect` where it is the whole change.
 */
function refusals(
  { application, plan }: PlannedApplication,
  problems: readonly EffectProblem[],
  stuck: ReadonlySet<DecidedImage>,
): ReadonlyMap<DecidedImage, string> {
  const errors = problems.filter(({ diagnostic }) => diagnostic.severity === "error");
  const whole = errors.find(({ image }) => image === undefined);
  if (whole !== undefined && plan.change !== undefined && stuck.size === 0) {
    const target = `${application.namespace}/${application.name}`;
    const { where, message } = whole.diagnostic;
    throw new WriteBackError(
      "no-effect",
      `${where.file ?? target}: ${message}; nothing is written`,
      {
        target,
      },
    );
  }
  return new Map(
    errors.flatMap(({ image, diagnostic }) =>
      image === undefined || stuck.has(image) ? [] : [[image, diagnostic.message] as const],
    ),
  );
}

function settleImage(
  image: ImagePlan,
  decided: DecidedImage | undefined,
  stuck: ReadonlySet<DecidedImage>,
  reasons: ReadonlyMap<DecidedImage, string>,
): ImagePlan {
  if (decided === undefined) return image;
  const { newImage: _newImage, ...rest } = image;
  const text = reasons.get(decided);
  if (text !== undefined) {
    const reason = { code: "no-effect", text } as const;
    return { ...rest, decision: amendDecision(image.decision, { outcome: "error", reason }) };
  }
  if (!stuck.has(decided)) return image;
  const reason = { code: "not-deployed", image: decided.wanted.toString() } as const;
  return { ...rest, decision: amendDecision(image.decision, { outcome: "not-deployed", reason }) };
}

/**
 * The change of these images, over what stands beneath the file that it writes.
 *
 * @throws WriteBackError `drops-parameters` where the file would hide parameters that nobody gave up.
 */
function rerender(
  cycle: Cycle,
  { application, plan: { change } }: PlannedApplication,
  images: readonly DecidedImage[],
  files: EffectFiles,
): WriteBackChange | undefined {
  if (change === undefined) return undefined;
  const beneath = beneathOf(change, application, files);
  const based = beneath?.application ?? application;
  const carry = beneath?.isHidden === false && application.otherParameters === "carry";
  const { controllerNamespace, commit } = cycle;
  const settings = { controllerNamespace, commit, carry };
  const rendered = renderChange(based, change.settings, images, settings)?.change;
  const [edit] = rendered?.edits ?? [];
  if (beneath === undefined || edit?.kind !== "argocd-source") return rendered;
  const vanishing = application.otherParameters === "drop" ? [] : vanishingNames(beneath, edit);
  if (vanishing.length > 0) throw dropsParameters(application, edit.path, beneath.place, vanishing);
  return rendered;
}

function beneathOf(
  { edits }: WriteBackChange,
  application: PlannedApplication["application"],
  files: EffectFiles,
): BeneathOverride | undefined {
  const edit = edits.find((one) => one.kind === "argocd-source");
  return edit === undefined ? undefined : readBeneath(application, edit, files);
}

function fileDiagnostics(
  { application }: PlannedApplication,
  change: WriteBackChange,
  edited: readonly EditedFile[],
  files: EffectFiles,
  main: ReadResult | undefined,
): readonly Diagnostic[] {
  const beneath = beneathOf(change, application, files);
  const hidden = edited.flatMap(({ edit, after }) =>
    findHiddenEntries(beneath?.application ?? application, [edit], after, beneath?.place),
  );
  if (main?.kind !== "read") return hidden;
  return [...hidden, ...findMissingValues(change, application, main.files)];
}

interface EditedFile extends FilePreview {
  readonly edit: FileEdit;
}

function editFiles(
  change: WriteBackChange | undefined,
  main: ReadResult | undefined,
): readonly EditedFile[] {
  const files = main?.kind === "read" ? main.files : new Map<string, undefined>();
  return (change?.edits ?? []).flatMap((edit) => {
    if (edit.kind === "application-patch") return [];
    const path = pathsOf(edit).find((candidate) => files.get(candidate) !== undefined) ?? edit.path;
    const bytes = applyEdit(edit, files.get(path));
    const before = textOfFile(files, path);
    const after = bytes === "unchanged" ? before : textOfFile(new Map([[path, bytes]]), path);
    return [{ edit, path, ...(before === undefined ? {} : { before }), after: after ?? "" }];
  });
}

function shown({ edit: _edit, ...file }: EditedFile): FilePreview {
  return file;
}

function isChanged({ before, after }: FilePreview): boolean {
  return before !== after;
}

/** A branch of its own is not what Argo CD reads: it waits for somebody to merge it. */
function leavesMore(change: WriteBackChange | undefined, edited: readonly EditedFile[]): boolean {
  if (change === undefined) return false;
  const { location } = change;
  if (location === undefined) return true;
  const isBase = location.branch === undefined || location.branch === location.base;
  return !isBase || edited.some(isChanged);
}

/** The general sign: all of it is written, Argo CD is done, and the image does not run. */
function isUndeployed(
  { application, live }: PlannedApplication,
  { policy, wanted, decision }: DecidedImage,
  isMore: boolean,
): boolean {
  const isWritten =
    decision.outcome === "update" ? !isMore : decision.reason.code === "already-in-spec";
  return isWritten && isDone(application) && runsOtherwise(policy, wanted, live);
}

function withoutChange({ change: _change, ...rest }: ApplicationPlan): ApplicationPlan {
  return rest;
}
