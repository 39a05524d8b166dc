import type { Application } from "../application/application.js";
import type { Diagnostic } from "../errors/diagnostic.js";
import { readArgoCdSource } from "../overrides/argocd-source.js";
import type { Edit } from "../ports/edits.js";

type OverrideEdit = Extract<Edit, { kind: "argocd-source" }>;

/**
 * Parameters and variables of the Application that an override file makes ineffective: Argo CD merges
 * the file as a JSON merge patch, which replaces a list as a whole.
 *
 * `written` is the text of the file once it is written; while it is not known, only what the edit
 * puts there is. `shared` names the place of the list where it is not the Application itself.
 */
export function findHiddenEntries(
  application: Application,
  edits: readonly Edit[],
  written?: string,
  shared?: string,
): readonly Diagnostic[] {
  return edits.flatMap((edit) => {
    if (edit.kind !== "argocd-source") return [];
    const { list, listed, present } = entriesOf(application, edit, written);
    const hidden = present.filter((name) => !listed.includes(name));
    if (hidden.length === 0) return [];
    const place = shared ?? `${application.source.pointer.slice(1).replaceAll("/", ".")}.${list}`;
    const unknown = written === undefined ? " unless the file lists them already" : "";
    const message = `Argo CD takes ${list} of the file in place of the Application's, so these of ${place} have no effect${unknown}: ${hidden.join(", ")}; list them in the file too, or remove them from the Application`;
    const where = { file: edit.path, application: `${application.namespace}/${application.name}` };
    // Whoever wants them dropped needs no warning.
    const severity = application.otherParameters === "drop" ? "info" : "warning";
    return [{ severity, code: "override-hides-parameters", where, message }];
  });
}

/** The list that the edit is about: its names in the file and in the Application. */
function entriesOf(
  { source }: Application,
  { changes }: OverrideEdit,
  written: string | undefined,
): {
  readonly list: string;
  readonly listed: readonly string[];
  readonly present: readonly string[];
} {
  const file = written === undefined ? undefined : readArgoCdSource(written);
  if ("helm" in changes) {
    const listed = namesOf(file?.helmParameters ?? changes.helm.parameters);
    return { list: "helm.parameters", listed, present: namesOf(source.helmParameters) };
  }
  if ("plugin" in changes) {
    const listed = namesOf(file?.pluginEnv ?? changes.plugin.env);
    return { list: "plugin.env", listed, present: namesOf(source.pluginEnv) };
  }
  // All images of the Application go into the file.
  return { list: "kustomize.images", listed: [], present: [] };
}

function namesOf(entries: readonly { readonly name: string }[]): readonly string[] {
  return entries.map(({ name }) => name);
}
