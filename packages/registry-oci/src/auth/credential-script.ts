import { isAbsolute } from "node:path";
import { CredentialError, type CancelSignal } from "@image-updater/core";
import { runProgram } from "./run-program.js";

/**
 * What the script prints. It is run without arguments and without a shell, for at most 10 seconds.
 *
 * Errors never hold its output, which may be a secret.
 *
 * @throws CredentialError `unsupported-reference` for a path that is not absolute, `not-found` when
 * there is no such program, `unavailable` when it fails.
 */
export async function runCredentialScript(
  path: string,
  reference: string,
  signal: CancelSignal,
): Promise<string> {
  const context = { reference };
  if (!isAbsolute(path)) {
    const message = `${reference}: the script's path must be absolute, as ext:/scripts/login.sh`;
    throw new CredentialError("unsupported-reference", message, context);
  }
  const outcome = await runProgram({ program: path }, signal);
  switch (outcome.kind) {
    case "done":
      return outcome.output;
    case "cancelled":
      throw new CredentialError("cancelled", `${reference}: cancelled`, context);
    case "missing":
      throw new CredentialError("not-found", `${reference}: there is no such program`, context);
    case "failed":
      break;
  }
  const message = `${reference}: the script failed: ${outcome.reason}`;
  throw new CredentialError("unavailable", message, context);
}
