import { EditError } from "../errors/edit-error.js";
import { areSameDocuments, type YamlComparison } from "./yaml-compare.js";
import { parseYamlDocuments, type YamlDocument } from "./yaml-tree.js";

/**
 * Reads an edited text again and throws {@link EditError} `unsupported-yaml` unless it holds the same
 * documents as before but for the places that `decide` accepts. Answers the new documents.
 */
export function verifyYamlEdit(
  before: readonly YamlDocument[],
  edited: string,
  decide: YamlComparison,
): readonly YamlDocument[] {
  return readEdited(edited, (after) => areSameDocuments(before, after, decide));
}

/**
 * Reads an edited text and throws {@link EditError} `unsupported-yaml` unless its documents are those
 * that were meant.
 */
export function readEdited(
  edited: string,
  isMeant: (documents: readonly YamlDocument[]) => boolean,
): readonly YamlDocument[] {
  const after = parseEdited(edited);
  if (isMeant(after)) return after;
  throw new EditError("unsupported-yaml", "it cannot be written without changing other values");
}

/** As `parseYamlDocuments`; what does not parse is the fault of an edit. */
export function parseEdited(edited: string): readonly YamlDocument[] {
  try {
    return parseYamlDocuments(edited);
  } catch (cause) {
    if (!EditError.is(cause)) throw cause;
    throw new EditError("unsupported-yaml", "the file would no longer be valid YAML", { cause });
  }
}
