import { formatDiagnostic, type Diagnostic, type Parsed } from "./diagnostic.js";
import { ImageUpdaterError, isImageUpdaterError } from "./image-updater-error.js";

/** Why input gave no value; add codes at the end, never rename one. */
export type InputErrorCode = "invalid-input";

/** Text of a user out of which nothing usable came. */
export class InputError extends ImageUpdaterError {
  override readonly name = "InputError";
  override readonly code: InputErrorCode = "invalid-input";
  readonly diagnostics: readonly Diagnostic[];

  constructor(message: string, diagnostics: readonly Diagnostic[]) {
    super(message);
    this.diagnostics = diagnostics;
  }

  /** Like `instanceof`, but also true for an error thrown by another copy of this package. */
  static override is(value: unknown): value is InputError {
    return isImageUpdaterError(value) && value.name === "InputError";
  }
}

/**
 * The value of what was parsed, for programs that cannot go on without it.
 *
 * A value that came with diagnostics is answered; what they say is lost, so look at them where it matters.
 *
 * @param where What was parsed, for the message: a file's name, say.
 * @throws InputError that lists every diagnostic when there is no value.
 */
export function expectValue<T>({ value, diagnostics }: Parsed<T>, where?: string): T {
  if (value !== undefined) return value;
  const place = where === undefined ? "the input" : where;
  const lines = diagnostics.map((diagnostic) => `\n  ${formatDiagnostic(diagnostic)}`);
  throw new InputError(`${place} cannot be used:${lines.join("")}`, diagnostics);
}
