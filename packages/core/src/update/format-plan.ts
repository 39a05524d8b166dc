import { formatDecisionReason } from "../decision/format-decision-reason.js";
import type { Outcome, TagVerdict } from "../decision/decision.js";
import { formatDiagnostic } from "../errors/diagnostic.js";
import { formatTagReason } from "../tags/format-tag-reason.js";
import type { Edit } from "../ports/edits.js";
import type { ApplicationPlan, ImagePlan, Plan } from "./plan.js";
import { redactUserInfo } from "./redact-user-info.js";
import { unifiedDiff } from "./unified-diff.js";

/** How much of a plan is shown. */
export interface FormatPlanOptions {
  /** How many rejected tags are listed per image; the rest is counted. Default 20. */
  readonly tags?: number | undefined;
}

/**
 * A plan as text a person reads: what would change and why, which tags were rejected, the diff.
 *
 * Repository URLs are shown without their user information.
 */
export function formatPlan(plan: Plan, options: FormatPlanOptions = {}): string {
  const { tags = 20 } = options;
  if (plan.applications.length === 0) return "No applications.\n";
  const parts = plan.applications.map((application) => formatApplication(application, tags));
  return `${parts.join("\n\n")}\n`;
}

function formatApplication(plan: ApplicationPlan, tags: number): string {
  const { name, namespace } = plan.application;
  const diffs = plan.previews.map(({ path, before, after }) => unifiedDiff(path, before, after));
  return [
    `Application ${namespace}/${name}: ${summary(plan)}`,
    ...plan.images.flatMap((image) => formatImage(image, tags)),
    ...plan.diagnostics.map((diagnostic) => `  ${formatDiagnostic(diagnostic)}`),
    ...(plan.error === undefined ? [] : [`  error: ${plan.error.message}`]),
    ...destination(plan),
    ...diffs,
  ].join("\n");
}

function summary(plan: ApplicationPlan): string {
  if (plan.error !== undefined) return "error";
  const having = (outcome: Outcome): number =>
    plan.images.filter(({ decision }) => decision.outcome === outcome).length;
  const updates = having("update");
  const stuck = having("not-deployed");
  const news = [
    ...(updates === 0 ? [] : [`${updates} image(s) to update`]),
    ...(stuck === 0 ? [] : [`${stuck} image(s) written, not deployed`]),
  ];
  return news.length === 0 ? "nothing to update" : news.join(", ");
}

function formatImage(image: ImagePlan, tags: number): readonly string[] {
  const { decision } = image;
  const alias = image.alias === undefined ? "" : `${image.alias}=`;
  const constraint = image.constraint === undefined ? "" : `:${image.constraint}`;
  const strategy = image.strategy === undefined ? "" : ` [${image.strategy}]`;
  const target = image.newImage === undefined ? "" : ` -> ${image.newImage}`;
  const rejected = decision.tags.filter(({ reason }) => reason.code !== "chosen");
  const hidden = rejected.length - tags;
  return [
    `  ${decision.outcome.padEnd(12)} ${alias}${image.image}${constraint}${strategy}${target}`,
    `    because ${formatDecisionReason(decision.reason)}`,
    ...rejected.slice(0, tags).map(formatVerdict),
    ...(hidden > 0 ? [`    … and ${hidden} more rejected tag(s)`] : []),
  ];
}

function formatVerdict({ tag, reason }: TagVerdict): string {
  return `    rejected ${tag}: ${formatTagReason(reason)}`;
}

function destination({ change }: ApplicationPlan): readonly string[] {
  if (change === undefined) return [];
  if (change.location === undefined) {
    return ["  writes to the Application", ...change.edits.flatMap(formatPatch)];
  }
  const { repository, base = "HEAD", branch } = change.location;
  const { pullRequest } = change.settings;
  const request = pullRequest === undefined ? "" : `, as a pull request on ${pullRequest.forge}`;
  const push = branch === undefined || branch === base ? "" : `, pushed to ${branch}`;
  return [`  writes to ${redactUserInfo(repository)}, branch ${base}${push}${request}`];
}

/** What a patch sets; it has no file of which a difference could be shown. */
function formatPatch(edit: Edit): readonly string[] {
  if (edit.kind !== "application-patch") return [];
  const { source, changes } = edit;
  if ("kustomize" in changes) {
    return changes.kustomize.images.map((image) => `    ${source}/kustomize/images: ${image}`);
  }
  const [list, entries] =
    "helm" in changes
      ? ["helm/parameters", changes.helm.parameters]
      : ["plugin/env", changes.plugin.env];
  return entries.map(({ name, value }) => `    ${source}/${list}: ${name}=${value}`);
}
