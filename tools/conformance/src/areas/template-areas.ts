import { parseTrackedImage, renderBranchName, renderCommitMessage } from "@image-updater/core";
import { parseGitBranch } from "@image-updater/core/conformance";
import { list, optionalText, record, text } from "../fields.js";
import type { RunCase } from "./area.js";

/** Texts that templates give, and where they are pushed. */
export const templateAreas: Readonly<Record<string, RunCase>> = {
  "branch-template": (input) => {
    const { template, changes, appName, appNamespace, targetKey } = record(input);
    const images = list(changes).map((change) => {
      const { alias, repository, oldTag, newTag } = readChange(change);
      return { name: repository, alias, oldTag, newTag };
    });
    const rendered = renderBranchName(text(template), {
      images,
      applicationName: optionalText(appName),
      applicationNamespace: optionalText(appNamespace),
      targetKey: optionalText(targetKey),
    });
    return rendered.value ?? "";
  },
  "commit-template": (input) => {
    const { template, appName, changes } = record(input);
    const entries = list(changes).map((change) => {
      const { repository, oldTag, newTag } = readChange(change);
      const { labels } = record(change);
      return {
        image: repository,
        oldTag,
        newTag,
        ...(labels === undefined ? {} : { labels: labelsOf(labels) }),
      };
    });
    const data = { applicationName: text(appName), changes: entries };
    return renderCommitMessage(optionalText(template), data).value;
  },
  "git-branch": (input) => {
    const { value } = parseGitBranch(text(input));
    if (value === undefined) return { error: true };
    return { base: value.baseBranch ?? "", write: value.branchTemplate ?? "" };
  },
};

function readChange(change: unknown): {
  readonly alias: string;
  readonly repository: string;
  readonly oldTag: string;
  readonly newTag: string;
} {
  const { image, oldTag, newTag } = record(change);
  const tracked = parseTrackedImage(text(image)).value;
  return {
    alias: tracked?.alias ?? "",
    repository: tracked?.image.repository ?? "",
    oldTag: text(oldTag),
    newTag: text(newTag),
  };
}

function labelsOf(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(record(value)).map(([key, label]) => [key, text(label)]),
  );
}
