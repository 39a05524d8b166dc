import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import {
  type GitRepositories,
  listenOnLoopback,
  readBody,
} from "@image-updater/git-remote/testing";
import { commitOnBranch, createReference, type ApiReply } from "./github-commits.js";

/** What a request to the API is for. */
export type GithubOperation = "token" | "createRef" | "createCommitOnBranch";

/** Something that goes wrong, for the requests it matches. The first fault that matches is used. */
export interface GithubApiFault {
  readonly operation: GithubOperation;
  /** How often it happens. Default: always. */
  readonly times?: number | undefined;
  /** Runs before the request is handled: somebody else's push, say. */
  readonly before?: (() => Promise<unknown>) | undefined;
  /** Answers this, as JSON, instead of handling the request. */
  readonly reply?: ApiReply | undefined;
  /** Handles the request, then breaks the connection instead of answering. */
  readonly dropAnswer?: boolean | undefined;
}

/** Settings of {@link startGithubApi}. */
export interface GithubApiOptions {
  /** Installation token that is given out, and wanted. */
  readonly token: string;
  readonly faults?: readonly GithubApiFault[] | undefined;
}

/** The part of GitHub's API that commits, on loopback. */
export interface GithubApiServer {
  /** Base URL of the REST API, as GitHub Enterprise Server has it. */
  readonly url: string;
  /** What was asked for, in order of arrival. */
  readonly operations: readonly GithubOperation[];
  /** Replaces all faults, and forgets the requests so far. */
  setFaults(faults: readonly GithubApiFault[]): void;
  close(): Promise<void>;
}

/**
 * Starts a double of GitHub's API, on repositories of a Git server: installation tokens,
 * `POST /git/refs` of REST and `createCommitOnBranch` of GraphQL.
 *
 * Commits are made in the repositories themselves, and only on top of the expected head. A commit of
 * the API is one of the App's bot, committed by GitHub.
 */
export async function startGithubApi(
  repositories: Pick<GitRepositories, "git">,
  options: GithubApiOptions,
): Promise<GithubApiServer> {
  const operations: GithubOperation[] = [];
  let takeFault = createFaults(options.faults ?? []);
  const server = createServer((request, response) => {
    void (async () => {
      const body = await readBody(request);
      const operation = operationOf(request);
      if (operation !== undefined) operations.push(operation);
      const fault = operation === undefined ? undefined : takeFault(operation);
      await fault?.before?.();
      const reply =
        fault?.reply ?? (await answer(request, { operation, body, repositories, options }));
      if (fault?.dropAnswer === true) response.destroy();
      else send(response, reply);
    })().catch(() => response.destroy());
  });
  const { port, close } = await listenOnLoopback(server);
  return {
    url: `http://127.0.0.1:${port}${REST}`,
    operations,
    setFaults: (faults) => {
      takeFault = createFaults(faults);
      operations.length = 0;
    },
    close,
  };
}

const REST = "/api/v3";
const NOT_FOUND: ApiReply = { status: 404, body: { message: "Not Found" } };
const HOUR_MS = 60 * 60 * 1000;

interface Asked {
  readonly operation: GithubOperation | undefined;
  readonly body: Buffer;
  readonly repositories: Pick<GitRepositories, "git">;
  readonly options: GithubApiOptions;
}

function operationOf({ method, url = "" }: IncomingMessage): GithubOperation | undefined {
  if (method !== "POST") return undefined;
  if (url === "/api/graphql") return "createCommitOnBranch";
  if (/^\/api\/v3\/app\/installations\/\d+\/access_tokens$/u.test(url)) return "token";
  return repositoryOf(url) === undefined ? undefined : "createRef";
}

async function answer(
  request: IncomingMessage,
  { operation, body, repositories, options }: Asked,
): Promise<ApiReply> {
  if (operation === undefined) return NOT_FOUND;
  if (operation === "token") {
    const expires = new Date(Date.now() + HOUR_MS).toISOString();
    return { status: 201, body: { token: options.token, expires_at: expires } };
  }
  if (request.headers.authorization !== `Bearer ${options.token}`) {
    return { status: 401, body: { message: "Bad credentials" } };
  }
  const given: unknown = JSON.parse(body.toString("utf8"));
  if (operation === "createCommitOnBranch") return commitOnBranch(repositories, given);
  return createReference(repositories, repositoryOf(request.url ?? "") ?? "", given);
}

function repositoryOf(url: string): string | undefined {
  return /^\/api\/v3\/repos\/([^/]+\/[^/]+)\/git\/refs$/u.exec(url)?.[1];
}

function createFaults(
  faults: readonly GithubApiFault[],
): (operation: GithubOperation) => GithubApiFault | undefined {
  const left = new Map(faults.map((fault) => [fault, fault.times ?? Number.POSITIVE_INFINITY]));
  return (operation) => {
    for (const [fault, times] of left) {
      if (fault.operation !== operation || times <= 0) continue;
      left.set(fault, times - 1);
      return fault;
    }
    return undefined;
  };
}

function send(response: ServerResponse, { status, body, headers }: ApiReply): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
  response.end(JSON.stringify(body));
}
