import { sha256 } from "@noble/hashes/sha2.js";
import { hex } from "@scure/base";
import type { Application } from "../application/application.js";
import type { Parsed } from "../errors/diagnostic.js";
import { TemplateError } from "../errors/template-error.js";
import type { Edit } from "../ports/edits.js";
import type { WriteBackSettings } from "../ports/write-back-settings.js";
import type { WriteBackLocation } from "../ports/write-back-target.js";
import { checkBranchName } from "../templates/check-branch-name.js";
import { renderBranchName } from "../templates/render-branch-name.js";
import { encodeText } from "../templates/utf8-text.js";
import { printedTag, type DecidedImage } from "../effect/decided-image.js";
import { redactUserInfo } from "./redact-user-info.js";

/** What the name of a branch to push is made of. */
export interface BranchSubject {
  readonly application: Application;
  readonly writeBack: WriteBackSettings;
  readonly location: WriteBackLocation | undefined;
  readonly edits: readonly Edit[];
  readonly updates: readonly DecidedImage[];
}

/** Branches of pull requests, as Argo CD Image Updater names them. */
const PULL_REQUEST_BRANCH = "image-updater-{{.TargetKey}}-{{.SHA256}}";

/**
 * Names the branch to push; without a template the value is undefined: the one that is read is pushed.
 *
 * Throws `TemplateError` for a template that fails or gives no branch name.
 */
export function renderBranch(subject: BranchSubject): Parsed<string> {
  const { application, writeBack, updates } = subject;
  const template =
    writeBack.pullRequest === undefined ? writeBack.branchTemplate : PULL_REQUEST_BRANCH;
  if (writeBack.method !== "git" || template === undefined) {
    return { value: undefined, diagnostics: [] };
  }
  const rendered = renderBranchName(template, {
    images: updates.map(({ policy, running, wanted }) => ({
      name: wanted.repository,
      alias: policy.alias ?? "",
      oldTag: printedTag(running),
      newTag: printedTag(wanted),
    })),
    applicationName: application.name,
    applicationNamespace: application.namespace,
    targetKey: targetKey(subject),
  });
  const problem =
    rendered.value === undefined ? rendered.diagnostics[0] : checkBranchName(rendered.value);
  if (problem === undefined) return rendered;
  const message = `git-branch template "${template}": ${problem.message}`;
  throw new TemplateError("invalid-branch-name", message);
}

/**
 * Tells apart what pull requests write to: repository, base and file, hashed.
 *
 * The files are the ones that are edited and the base the one that is read, so that applications which
 * share a kustomization share the key; upstream hashes the override file and the configured branch.
 */
function targetKey({ location, edits }: BranchSubject): string {
  const { repository = "", base = "" } = location ?? {};
  const paths = edits.map((edit) => (edit.kind === "application-patch" ? "" : edit.path));
  const text = `${redactUserInfo(repository)}|${base}|${paths.join(",")}`;
  return hex.encode(sha256(encodeText(text))).slice(0, 8);
}
