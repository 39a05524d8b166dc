import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { env } from "node:process";
import { CredentialError, findDockerCredential, type DockerConfig } from "@image-updater/core";
import type {
  Clock,
  Credential,
  CredentialProvider,
  Repository,
  RepositoryCredentialRequest,
} from "@image-updater/core";
import { systemClock } from "@image-updater/core/system";
import { askCredentialHelper } from "./credential-helper.js";
import { invalidSecret, readDockerConfig, readDockerConfigEntry } from "./docker-config-entry.js";
import { createKeptReads } from "./kept-reads.js";

const VARIABLE = "DOCKER_AUTH_CONFIG";
const HELPER_KEPT_MS = 60_000;

/** Settings of {@link dockerConfigCredentials}. All are optional. */
export interface DockerConfigCredentialsSettings {
  /** The file, which then must be there; default `config.json` in `DOCKER_CONFIG` or `~/.docker`. */
  readonly path?: string | undefined;
  /** Also what helper programs get; default the process's own. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** Default the machine's own. */
  readonly clock?: Clock | undefined;
}

/**
 * The credentials that Docker on this machine would use: those of `DOCKER_AUTH_CONFIG`, else of the
 * registry's helper program, else of the general one, else of the config file.
 *
 * The file is read for each call; what a helper answers is kept for a minute. An image with a reference
 * of its own gets nothing from here. A registry without an entry is anonymous; an entry that cannot be
 * used is a `CredentialError`.
 */
export function dockerConfigCredentials(
  settings: DockerConfigCredentialsSettings = {},
): Pick<CredentialProvider, "forRepository"> {
  const { path, environment = env, clock = systemClock() } = settings;
  const answers = createKeptReads<Credential>(clock);

  async function askHelper(
    helper: string,
    serverUrl: string,
    { rejected = false, signal }: RepositoryCredentialRequest,
  ): Promise<Credential> {
    const answer = await answers.get(
      JSON.stringify([helper, serverUrl]),
      (call) => askCredentialHelper({ helper, serverUrl, environment }, call.signal),
      { maxAgeMs: HELPER_KEPT_MS, isRejected: rejected, signal },
    );
    if (answer !== undefined) return answer;
    const reference = `docker-credential-${helper}`;
    throw new CredentialError("cancelled", `${reference}: cancelled`, { reference });
  }

  return {
    async forRepository(request: RepositoryCredentialRequest): Promise<Credential> {
      const { repository, reference } = request;
      if (reference !== undefined) return { kind: "anonymous" };
      const fromVariable = readVariable(environment[VARIABLE] ?? "", repository);
      if (fromVariable !== undefined) return fromVariable;
      const file = path ?? defaultPath(environment);
      const config = await readConfigFile(file, path !== undefined);
      const found = config === undefined ? undefined : findDockerCredential(config, repository);
      if (found === undefined) return { kind: "anonymous" };
      if (found.kind === "helper") return askHelper(found.helper, found.serverUrl, request);
      return readDockerConfigEntry(found, file);
    },
  };
}

/** As Docker: a variable names no programs, and where it says nothing the file is asked. */
function readVariable(text: string, repository: Repository): Credential | undefined {
  if (text.trim() === "") return undefined;
  const config = readDockerConfig(text, VARIABLE);
  if (config.credentialsStore !== undefined || config.credentialHelpers.length > 0) {
    const advice = "write them into the docker config file";
    throw invalidSecret(VARIABLE, `it cannot name helper programs; ${advice}`);
  }
  const found = findDockerCredential(config, repository, { helpers: false });
  if (found === undefined || found.kind === "helper") return undefined;
  return readDockerConfigEntry(found, VARIABLE);
}

function defaultPath(environment: Readonly<Record<string, string | undefined>>): string {
  const { DOCKER_CONFIG: folder = "", HOME: home = "" } = environment;
  if (folder !== "") return join(folder, "config.json");
  return join(home === "" ? homedir() : home, ".docker", "config.json");
}

async function readConfigFile(
  path: string,
  isRequired: boolean,
): Promise<DockerConfig | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    if (isMissing && !isRequired) return undefined;
    const message = `${path}: the docker config cannot be read`;
    const code = isMissing ? "not-found" : "unavailable";
    throw new CredentialError(code, message, { reference: path, cause });
  }
  return readDockerConfig(text, path);
}
