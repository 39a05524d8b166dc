import { RegistryError } from "@image-updater/core";
import type {
  Credential,
  CredentialProvider,
  Repository,
  RepositoryCredentialRequest,
} from "@image-updater/core";
import { inLowerCase } from "./repository-name.js";

/** Says why GitHub may have refused a call. */
export interface Refusals {
  /** The credentials a call of {@link Refusals.explain} is to use. */
  readonly credentials: Pick<CredentialProvider, "forRepository">;
  /**
   * The call's result. A refusal is thrown on with what it means by the credentials that were used.
   *
   * The call gets a repository of its own, by which its credentials are known; the path is in lower case.
   */
  explain<T>(repository: Repository, call: (repository: Repository) => Promise<T>): Promise<T>;
}

/**
 * GitHub answers 401 or 403 `DENIED` alike for a private package, for one that does not exist, and for
 * a public one asked for with a stale token: only who asked tells them apart.
 */
export function createRefusals(
  credentials: Pick<CredentialProvider, "forRepository"> | undefined,
): Refusals {
  const used = new WeakMap<Repository, Credential["kind"]>();
  return {
    credentials: {
      async forRepository(request: RepositoryCredentialRequest): Promise<Credential> {
        const credential = (await credentials?.forRepository(request)) ?? { kind: "anonymous" };
        used.set(request.repository, credential.kind);
        return credential;
      },
    },
    async explain(repository, call) {
      const own = inLowerCase(repository);
      try {
        return await call(own);
      } catch (error) {
        throw explained(error, used.get(own));
      }
    },
  };
}

function explained(error: unknown, used: Credential["kind"] | undefined): unknown {
  if (!RegistryError.is(error)) return error;
  if (error.code !== "unauthorized" && error.code !== "forbidden") return error;
  const { code, message } = error;
  const context = { ...error.context, cause: error.cause };
  // GitHub says a secondary limit as 403, in words only.
  if (code === "forbidden" && /\brate limit\b/i.test(message)) {
    return new RegistryError("rate-limited", message, context);
  }
  // Where nobody was asked for credentials, or they could not be had, they are not the reason.
  if (used === undefined) return error;
  const reason = used === "anonymous" ? ANONYMOUS : REFUSED;
  return new RegistryError(code, `${message}; ${reason}`, context);
}

const ANONYMOUS =
  "without credentials only public packages can be read, and GitHub says the same of a package that does not exist";

const REFUSED =
  "the credentials are stale (expired or revoked), or lack read:packages or access to this package; GitHub then refuses public packages too";
