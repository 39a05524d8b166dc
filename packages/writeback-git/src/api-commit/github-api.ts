import { WriteBackError } from "@image-updater/core";
import { z } from "zod";
import type { ForgeAccess } from "../access/repository-access.js";
import { apiBaseOf } from "../forge/api-base.js";
import { messageOfAnswer, type ForgeAnswer } from "../forge/forge-answer.js";
import { createForgeCall, type CallForge } from "../forge/forge-call.js";
import { decodeAnswer, forgeError, type ForgePlace } from "../forge/forge-error.js";
import { parseOwnerRepository, type OwnerRepository } from "../forge/forge-project.js";
import { githubHeaders } from "../forge/github-forge.js";
import type { RetryLimits } from "../retry.js";
import { commitError, graphQlError, type CommitPlace } from "./graphql-error.js";

/** A commit that GitHub is asked to make. */
export interface ApiCommit {
  /** Commit that the branch must be at. */
  readonly parent: string;
  readonly subject: string;
  readonly body: string;
  /** New contents by path. */
  readonly files: ReadonlyMap<string, { readonly content: Uint8Array }>;
}

/** What is asked of GitHub for one branch. Throws `WriteBackError`, without the token. */
export interface GithubApi {
  /** Creates the branch at a commit; `conflict` when it is there already. */
  createBranch(oid: string): Promise<void>;
  /**
   * Makes a commit and answers its id; `conflict` when the branch is not at its parent.
   *
   * When it throws `unavailable`, `timeout` or `invalid-response`, the outcome is unknown.
   */
  createCommit(commit: ApiCommit): Promise<string>;
}

/** What a {@link GithubApi} is made of. */
export interface GithubApiSettings {
  readonly forge: ForgeAccess;
  /** URL of the repository, without user information. */
  readonly target: string;
  readonly branch: string;
  readonly limits: RetryLimits;
}

/** As Argo CD Image Updater. docs/deadlines.md has it, too. */
export const API_COMMIT_TIMEOUT_MS = 30_000;

/**
 * Commits by the API of GitHub: `createCommitOnBranch` of GraphQL, and references of REST.
 *
 * Throws `unsupported` for a URL that names no repository of GitHub.
 */
export function createGithubApi(settings: GithubApiSettings): GithubApi {
  const { forge, target, branch, limits } = settings;
  const repository = parseOwnerRepository(target);
  const place = { name: "GitHub", target, branch, secrets: [forge.token] };
  if (repository === undefined) {
    throw commitError("unsupported", "the URL is not of the form https://HOST/OWNER/NAME", place);
  }
  const restBase = apiBaseOf("github", {
    repository: target,
    apiUrls: {},
    allowHttp: false,
    credentialUrl: forge.baseUrl,
  });
  // GraphQL stands beside version 3 of REST on GitHub Enterprise Server, and below it on GitHub.
  const baseUrl = restBase.replace(/\/v3$/u, "");
  const call = createForgeCall({
    ...place,
    baseUrl,
    headers: githubHeaders(forge.token),
    dispatcher: forge.dispatcher,
    requestTimeoutMs: API_COMMIT_TIMEOUT_MS,
    limits,
  });
  const context = { call: explained(call, place), place, repository, signal: limits.signal };
  return {
    createBranch: (oid) => createBranch(context, restBase.slice(baseUrl.length), oid),
    createCommit: (commit) => createCommit(context, commit),
  };
}

interface ApiContext {
  readonly call: CallForge;
  readonly place: ForgePlace & CommitPlace;
  readonly repository: OwnerRepository;
  readonly signal: AbortSignal | undefined;
}

/** What an App may do here is another thing than with pull requests. */
function explained(call: CallForge, place: CommitPlace): CallForge {
  return async (request, signal) => {
    try {
      return await call(request, signal);
    } catch (error) {
      if (!WriteBackError.is(error) || error.code !== "forbidden") throw error;
      const reason = "the GitHub App may not do this; it must be allowed to write contents";
      throw commitError("forbidden", reason, place, error);
    }
  };
}

const UNPROCESSABLE = 422;

async function createBranch(
  { call, place, repository: { owner, repository }, signal }: ApiContext,
  prefix: string,
  oid: string,
): Promise<void> {
  const path = `${prefix}/repos/${encodeURIComponent(owner)}/${encodeURIComponent(repository)}/git/refs`;
  const body = { ref: `refs/heads/${place.branch}`, sha: oid };
  const answer = await call({ method: "POST", path, body, expect: [UNPROCESSABLE] }, signal);
  if (answer.status !== UNPROCESSABLE) return;
  if (!/already exists/iu.test(messageOfAnswer(answer))) throw forgeError(place, answer);
  throw commitError("conflict", "somebody else created it meanwhile", place);
}

const MUTATION = `mutation ($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid } }
}`;

async function createCommit(
  { call, place, repository: { owner, repository }, signal }: ApiContext,
  { parent, subject, body, files }: ApiCommit,
): Promise<string> {
  const additions = [...files].map(([path, { content }]) => ({
    path,
    contents: Buffer.from(content).toString("base64"),
  }));
  const input = {
    branch: { repositoryNameWithOwner: `${owner}/${repository}`, branchName: place.branch },
    message: { headline: subject, body },
    fileChanges: { additions },
    expectedHeadOid: parent,
  };
  const query = { query: MUTATION, variables: { input } };
  return readCommitId(await call({ method: "POST", path: "/graphql", body: query }, signal), place);
}

const ANSWER = z.object({
  data: z
    .object({
      createCommitOnBranch: z
        .object({ commit: z.object({ oid: z.string().regex(/^[0-9a-f]{40}$/u) }).nullish() })
        .nullish(),
    })
    .nullish(),
  errors: z.array(z.object({ type: z.string().optional(), message: z.string() })).optional(),
});

function readCommitId(answer: ForgeAnswer, place: ForgePlace & CommitPlace): string {
  const { data, errors = [] } = decodeAnswer(place, ANSWER, answer);
  const oid = data?.createCommitOnBranch?.commit?.oid;
  // What was committed is so, whatever else went wrong.
  if (oid !== undefined) return oid;
  if (errors.length > 0) throw graphQlError(errors, place);
  throw commitError("invalid-response", "GitHub names neither a commit nor an error", place);
}
