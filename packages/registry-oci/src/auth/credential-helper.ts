import { CredentialError, type CancelSignal, type Credential } from "@image-updater/core";
import { z } from "zod";
import { parseJson } from "../http/decode-json.js";
import { runProgram } from "./run-program.js";

const NOT_FOUND = "credentials not found in native keychain";

/** The user name that says the secret is an identity token. */
const TOKEN_USER = "<token>";

/** Which helper is asked, and for which server. */
export interface HelperCall {
  /** The part of the program's name after `docker-credential-`. */
  readonly helper: string;
  readonly serverUrl: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * What `docker-credential-<helper> get` answers for the server, as Docker asks it: found on the `PATH`,
 * run without a shell, for at most 10 seconds. A helper that has nothing for the server means anonymous.
 *
 * Errors never hold its output.
 *
 * @throws CredentialError `not-found` when there is no such program, `unavailable` when it fails,
 * `invalid-secret` when its answer is none.
 */
export async function askCredentialHelper(
  { helper, serverUrl, environment }: HelperCall,
  signal: CancelSignal,
): Promise<Credential> {
  const program = `docker-credential-${helper}`;
  const call = { program, programArguments: ["get"], input: serverUrl, environment };
  const outcome = await runProgram(call, signal);
  const reference = `${program} for ${serverUrl}`;
  const fail = (code: CredentialError["code"], what: string): CredentialError =>
    new CredentialError(code, `${reference}: ${what}`, { reference });
  switch (outcome.kind) {
    case "done": {
      const credential = readAnswer(outcome.output);
      if (credential !== undefined) return credential;
      throw fail("invalid-secret", "it did not answer with a user name and a secret");
    }
    case "cancelled":
      throw fail("cancelled", "cancelled");
    case "missing":
      throw fail("not-found", "there is no such program on the PATH");
    case "failed":
      break;
  }
  // Helpers write their errors to standard output.
  if (outcome.output.trim() === NOT_FOUND) return { kind: "anonymous" };
  throw fail("unavailable", `the helper failed: ${outcome.reason}`);
}

const answerSchema = z.object({ Username: z.string(), Secret: z.string() });

function readAnswer(output: string): Credential | undefined {
  const { data: answer } = answerSchema.safeParse(parseJson(Buffer.from(output, "utf8")));
  if (answer === undefined) return undefined;
  const { Username: username, Secret: secret } = answer;
  if (username === "" && secret === "") return { kind: "anonymous" };
  if (username === "" || secret === "") return undefined;
  if (username === TOKEN_USER) return { kind: "identity-token", token: secret };
  return { kind: "basic", username, password: secret };
}
