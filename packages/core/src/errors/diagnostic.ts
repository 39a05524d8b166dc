/** How much a diagnostic matters: an `error` costs the user something, a `warning` probably will. */
export type DiagnosticSeverity = "error" | "warning" | "info";

/** What kind of thing is wrong; add codes at the end, never rename one. */
export type DiagnosticCode =
  | "invalid-image-list"
  | "invalid-image-reference"
  | "duplicate-alias"
  | "ambiguous-constraint"
  | "invalid-constraint"
  | "exact-constraint-never-moves"
  | "unknown-strategy"
  | "deprecated-value"
  | "deprecated-annotation"
  | "unknown-annotation"
  | "invalid-tag-pattern"
  | "unanchored-pattern"
  | "invalid-glob"
  | "invalid-boolean"
  | "invalid-platform"
  | "invalid-credential-reference"
  | "foreign-secret-namespace"
  | "conflicting-targets"
  | "invalid-write-back-method"
  | "invalid-write-back-target"
  | "invalid-git-branch"
  | "invalid-application"
  | "unsupported-application-type"
  | "parameter-not-in-values"
  | "override-hides-parameters"
  | "date-like-version"
  | "reproducible-build-date"
  | "sibling-host-credentials"
  | "invalid-registries-conf"
  | "invalid-docker-config"
  | "invalid-template"
  | "invalid-yaml"
  | "unused-write-back"
  | "invalid-branch-name"
  | "invalid-annotation"
  | "strategy-failed"
  | "invalid-verification"
  | "invalid-pull-request"
  | "invalid-source"
  | "invalid-image-updater"
  | "unknown-field"
  | "unused-field"
  | "invalid-name-pattern"
  | "invalid-label-selector"
  | "unmatchable-pattern"
  | "unknown-platform"
  | "unused-constraint"
  | "number-like-version"
  | "near-registry-entry"
  | "running-tag-not-listed"
  | "shared-place"
  | "value-hidden"
  | "file-not-read"
  | "outside-generate-paths"
  | "invalid-other-parameters";

/** The place a diagnostic speaks of; only what is known is set. */
export interface DiagnosticLocation {
  /** Full annotation key. */
  readonly annotation?: string | undefined;
  /** Path of the file. */
  readonly file?: string | undefined;
  /** Path of the field inside the file or resource, as `registries[1].prefix`. */
  readonly field?: string | undefined;
  /** Registry host. */
  readonly host?: string | undefined;
  /** `namespace/name` of the ImageUpdater resource. */
  readonly imageUpdater?: string | undefined;
  /** `namespace/name` of the Application. */
  readonly application?: string | undefined;
  /** Alias or image text of the image under care. */
  readonly image?: string | undefined;
  /** Offset into the value, in UTF-16 code units. */
  readonly offset?: number | undefined;
  /** Length of the wrong part, in UTF-16 code units. */
  readonly length?: number | undefined;
}

/** Something a person should know about their input. Data, so that a consumer decides where it goes. */
export interface Diagnostic {
  readonly severity: DiagnosticSeverity;
  readonly code: DiagnosticCode;
  readonly where: DiagnosticLocation;
  /** Names the place, the value and what would be right. Never holds a secret. */
  readonly message: string;
}

/** What every `parse…` of user text returns: the best result it could make, and what was wrong. */
export interface Parsed<T> {
  /** `undefined` when nothing usable came out. */
  readonly value: T | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Whether any of the diagnostics is an error. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === "error");
}

/** One line a person reads: severity, place, the image it is about, and the message. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  return `${diagnostic.severity}: ${describeDiagnostic(diagnostic)}`;
}

/** The same without the severity, for a log line that has a level of its own. */
export function describeDiagnostic({ where, message }: Diagnostic): string {
  const { imageUpdater, application, annotation, file, field, host, image } = where;
  const about = image === undefined ? undefined : `(${image})`;
  const resource = imageUpdater === undefined ? undefined : `ImageUpdater ${imageUpdater}`;
  const parts = [resource, application, annotation, file, field, host, about];
  const place = parts.filter((part) => part !== undefined).join(" ");
  return place === "" ? message : `${place}: ${message}`;
}
