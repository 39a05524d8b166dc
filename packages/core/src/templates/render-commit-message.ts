import type { Parsed } from "../errors/diagnostic.js";
import { renderTemplate } from "./render-template.js";
import { mapValue, stringValue, structValue, type TemplateValue } from "@image-updater/go-template";

/** One image a commit changes. */
export interface CommitMessageChange {
  /** Name without the registry: `.Image`. */
  readonly image: string;
  readonly oldTag: string;
  readonly newTag: string;
  /** The new image's labels, when they were read: `.Labels`. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** What a commit message can speak of. */
export interface CommitMessageData {
  /** `.AppName`. */
  readonly applicationName: string;
  /** `.AppChanges`. */
  readonly changes: readonly CommitMessageChange[];
}

/** The commit message of Argo CD Image Updater without a template of one's own. */
export const defaultCommitTemplate = `build: automatic update of {{ .AppName }}

{{ range .AppChanges -}}
updates image {{ .Image }} tag '{{ .OldTag }}' to '{{ .NewTag }}'
{{ end -}}
`;

/**
 * Renders a commit message template (Go `text/template`) as Argo CD Image Updater does.
 *
 * There is always a message: a template that fails gives `build: update of application <name>`, one
 * that gives no text `Update parameters`, each with a warning. The text is not trimmed.
 */
export function renderCommitMessage(
  template: string | undefined,
  data: CommitMessageData,
): Parsed<string> {
  const rendered = renderTemplate(template ?? defaultCommitTemplate, commitMessageValue(data), {
    name: "commit message",
    severity: "warning",
  });
  if (rendered.value === undefined) {
    return { ...rendered, value: `build: update of application ${data.applicationName}` };
  }
  if (rendered.value.trim() !== "") return rendered;
  const message = 'commit message template: it gives no text, so "Update parameters" is used';
  return {
    value: "Update parameters",
    diagnostics: [{ severity: "warning", code: "invalid-template", where: {}, message }],
  };
}

function commitMessageValue({ applicationName, changes }: CommitMessageData): TemplateValue {
  return structValue("argocd.commitMessageTemplate", {
    AppName: stringValue(applicationName),
    AppChanges: {
      kind: "list",
      elementType: "argocd.commitMessageChange",
      items: changes.map(({ image, oldTag, newTag, labels }) =>
        structValue("argocd.commitMessageChange", {
          Image: stringValue(image),
          OldTag: stringValue(oldTag),
          NewTag: stringValue(newTag),
          Labels: mapValue(labels),
        }),
      ),
    },
  });
}
