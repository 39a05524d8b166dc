import { CredentialError } from "../errors/credential-error.js";
import type { Clock } from "../ports/clock.js";
import type {
  Credential,
  CredentialProvider,
  GitCredential,
  GitCredentialRequest,
  RepositoryCredentialRequest,
} from "../ports/credential-provider.js";
import { withDeadline, type Deadline } from "./deadline.js";
import { redactUserInfo } from "./redact-user-info.js";

/** Default of {@link boundCredentials}, in milliseconds. docs/deadlines.md has it, too. */
export const DEFAULT_CREDENTIAL_TIMEOUT_MS = 30_000;

/** Settings of {@link boundCredentials}. */
export interface BoundedCredentialsSettings {
  readonly clock: Clock;
  /** One call, with the secrets it reads and the programs it runs, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number | undefined;
}

/**
 * The provider, whose calls have a deadline: a cluster's API that never answers with a secret then
 * ends as a `CredentialError`, `unavailable`, of the repositories that need it.
 *
 * For adapters: whoever asks a provider asks it through this.
 */
export function boundCredentials(
  provider: Partial<CredentialProvider>,
  { clock, timeoutMs = DEFAULT_CREDENTIAL_TIMEOUT_MS }: BoundedCredentialsSettings,
): CredentialProvider {
  const limit = (what: string, signal: Deadline["signal"]): Deadline => ({
    clock,
    ms: timeoutMs,
    signal,
    failure(code): CredentialError {
      const reference = `credentials for ${what}`;
      return code === "cancelled"
        ? new CredentialError("cancelled", `${reference}: cancelled`, { reference })
        : new CredentialError(
            "unavailable",
            `${reference} could not be had within ${timeoutMs / 1000} s`,
            { reference },
          );
    },
  });
  return {
    async forRepository(request: RepositoryCredentialRequest): Promise<Credential> {
      const { host, path } = request.repository;
      return withDeadline(
        limit(`${host}/${path}`, request.signal),
        async ({ signal }) => (await provider.forRepository?.({ ...request, signal })) ?? ANONYMOUS,
      );
    },
    async forGit(request: GitCredentialRequest): Promise<GitCredential> {
      return withDeadline(
        limit(redactUserInfo(request.url), request.signal),
        async ({ signal }) => (await provider.forGit?.({ ...request, signal })) ?? ANONYMOUS,
      );
    },
  };
}

const ANONYMOUS = { kind: "anonymous" } as const;
