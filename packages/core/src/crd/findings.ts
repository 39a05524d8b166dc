import type { Diagnostic, DiagnosticCode, DiagnosticSeverity } from "../errors/diagnostic.js";

/** What was found wrong with one part of a resource, each thing once. */
export interface Findings {
  readonly diagnostics: readonly Diagnostic[];
  /** Notes a problem with the field at a path and hands it back. */
  report(path: string, message: string, kind?: FindingKind): Diagnostic;
  /** Notes what another parser found and located. */
  adopt(found: readonly Diagnostic[]): readonly Diagnostic[];
  /** Notes what another part of the resource reported. */
  include(reported: readonly Diagnostic[]): void;
}

/** By default an error of code `invalid-image-updater`. */
export interface FindingKind {
  readonly severity?: DiagnosticSeverity | undefined;
  readonly code?: DiagnosticCode | undefined;
  /** Alias of the image it is about. */
  readonly image?: string | undefined;
}

/** Starts a list of findings. Each is located in the resource, `namespace/name`, once it is known. */
export function createFindings(imageUpdater?: string): Findings {
  const noted = new Map<string, Diagnostic>();
  const keep = (diagnostic: Diagnostic): Diagnostic => {
    noted.set(JSON.stringify(diagnostic), diagnostic);
    return diagnostic;
  };
  const note = (diagnostic: Diagnostic): Diagnostic =>
    keep(
      imageUpdater === undefined
        ? diagnostic
        : { ...diagnostic, where: { ...diagnostic.where, imageUpdater } },
    );
  return {
    get diagnostics() {
      return [...noted.values()];
    },
    report: (field, message, kind = {}) =>
      note({
        severity: kind.severity ?? "error",
        code: kind.code ?? "invalid-image-updater",
        where: { field, ...(kind.image === undefined ? {} : { image: kind.image }) },
        message,
      }),
    adopt: (found) => found.map(note),
    include(reported) {
      for (const diagnostic of reported) keep(diagnostic);
    },
  };
}
