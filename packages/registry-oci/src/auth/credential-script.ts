import { execFile } from "node:child_process";
import { isAbsolute } from "node:path";
import { CredentialError, type CancelSignal } from "@image-updater/core";

const TIMEOUT_MS = 10_000;
const MOST_OUTPUT = 64 * 1024;

/**
 * What the script prints. It is run without arguments and without a shell, for at most 10 seconds.
 *
 * Errors never hold its output, which may be a secret.
 *
 * @throws CredentialError `unsupported-reference` for a path that is not absolute, `not-found` when
 * there is no such program, `unavailable` when it fails.
 */
export function runCredentialScript(
  path: string,
  reference: string,
  signal: CancelSignal,
): Promise<string> {
  if (!isAbsolute(path)) {
    const message = `${reference}: the script's path must be absolute, as ext:/scripts/login.sh`;
    return Promise.reject(new CredentialError("unsupported-reference", message, { reference }));
  }
  const options = { timeout: TIMEOUT_MS, killSignal: "SIGKILL", maxBuffer: MOST_OUTPUT } as const;
  return new Promise((resolve, reject) => {
    execFile(path, [], { ...options, signal, encoding: "utf8" }, (error, output) => {
      if (error === null) resolve(output);
      else reject(scriptError(error, reference));
    });
  });
}

function scriptError(error: Error, reference: string): CredentialError {
  const { code, killed } = failureOf(error);
  const context = { reference };
  if (code === "ABORT_ERR") {
    return new CredentialError("cancelled", `${reference}: cancelled`, context);
  }
  if (code === "ENOENT") {
    return new CredentialError("not-found", `${reference}: there is no such program`, context);
  }
  const reason = killed
    ? `it took over ${TIMEOUT_MS / 1000} s, or printed too much`
    : `code ${code}`;
  return new CredentialError("unavailable", `${reference}: the script failed: ${reason}`, context);
}

/** The rest of the error is left behind: it quotes what the script printed. */
function failureOf(error: Error): { readonly code: string; readonly killed: boolean } {
  const code = "code" in error ? String(error.code) : "unknown";
  const killed = "killed" in error && error.killed === true;
  return { code, killed: killed || code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER" };
}
