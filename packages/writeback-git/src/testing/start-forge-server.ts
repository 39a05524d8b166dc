import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { ForgeKind } from "@image-updater/core";
import { listenOnLoopback, readBody } from "@image-updater/git-remote/testing";
import type { ForgeApiAnswer, ForgeApiDouble } from "./forge/forge-exchange.js";
import {
  addPullRequest,
  changePullRequest,
  createForgeRepository,
  type ForgeRepository,
  type ForgeRepositoryFixture,
  type ForgeServerDraft,
  type ForgeServerPullRequest,
} from "./forge/forge-repository.js";
import { giteaApi } from "./forge/gitea-api.js";
import { githubApi } from "./forge/github-api.js";
import { gitlabApi } from "./forge/gitlab-api.js";

/** Something that goes wrong, for the requests it matches. The first fault that matches is used. */
export interface ForgeServerFault {
  /** Only for this method. Default: all. */
  readonly method?: string | undefined;
  /** Only for paths that hold this text. Default: all. */
  readonly path?: string | undefined;
  /** How often it happens. Default: always. */
  readonly times?: number | undefined;
  /** Runs before the request is handled: what somebody else does, say. */
  readonly before?: (() => unknown) | undefined;
  /** Answers this status instead of handling the request, with `body` as JSON, or as it is if a text. */
  readonly status?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: unknown;
  /** Never answers. */
  readonly hang?: boolean | undefined;
  /** Handles the request, then breaks the connection instead of answering. */
  readonly dropAnswer?: boolean | undefined;
}

/** Settings of {@link startForgeServer}. */
export interface ForgeServerOptions {
  readonly kind: ForgeKind;
  /** The one token that is accepted. */
  readonly token: string;
  /** Account that the token belongs to. Default: `updater`. */
  readonly account?: string | undefined;
  /** The most that a page of a list holds, whatever is asked for. Default: 100, on Gitea 50. */
  readonly maxPageSize?: number | undefined;
}

/** One request that the server saw, in order of arrival. */
export interface ForgeServerRequest {
  readonly method: string;
  /** Path below the base of the API, and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

/** The API of a forge on loopback, and the hands of the people who use the forge. */
export interface ForgeTestServer {
  /** Base URL of the API. */
  readonly url: string;
  /** Every request so far. */
  readonly requests: readonly ForgeServerRequest[];
  /** The requests so far that may have changed something. */
  writes(): readonly ForgeServerRequest[];
  clearRequests(): void;
  addRepository(path: string, fixture: ForgeRepositoryFixture): void;
  /** All pull requests, oldest first. */
  pullRequests(path: string): readonly ForgeServerPullRequest[];
  /** Opens one as somebody else. */
  open(
    path: string,
    draft: Pick<ForgeServerDraft, "head" | "base"> & Partial<ForgeServerDraft>,
  ): ForgeServerPullRequest;
  /** Changes one as a person would: closes it, merges it, writes or labels it anew. */
  edit(path: string, number: number, change: Partial<ForgeServerPullRequest>): void;
  /** Replaces all faults. */
  setFaults(faults: readonly ForgeServerFault[]): void;
  close(): Promise<void>;
}

const APIS: Readonly<Record<ForgeKind, ForgeApiDouble>> = {
  github: githubApi,
  gitlab: gitlabApi,
  gitea: giteaApi,
};

/**
 * Starts the API of a forge on 127.0.0.1: pull requests with their labels and comments, kept in memory.
 *
 * It holds no repositories of its own: what their branches hold is asked of the fixture.
 */
export async function startForgeServer(options: ForgeServerOptions): Promise<ForgeTestServer> {
  const requests: ForgeServerRequest[] = [];
  const repositories = new Map<string, ForgeRepository>();
  let faults = createFaults([]);
  const server = createServer((request, response) => {
    void (async () => {
      const seen = await describeRequest(request, APIS[options.kind]);
      requests.push(seen);
      const fault = faults(seen);
      await fault?.before?.();
      if (fault?.hang === true) return;
      const answer = await answerTo({ ...options, repositories, url: url() }, seen, fault);
      if (fault?.dropAnswer === true) response.destroy();
      else send(response, answer);
    })().catch(() => response.destroy());
  });
  const { port, close } = await listenOnLoopback(server);
  const url = (): string => `http://127.0.0.1:${port}${APIS[options.kind].basePath}`;
  const repositoryAt = (path: string): ForgeRepository => {
    const repository = repositories.get(path);
    if (repository === undefined) throw new Error(`the forge has no repository ${path}`);
    return repository;
  };
  return {
    url: url(),
    requests,
    writes: () => requests.filter(({ method }) => method !== "GET"),
    clearRequests: () => {
      requests.length = 0;
    },
    addRepository: (path, fixture) => {
      repositories.set(path, createForgeRepository(path, repositories.size + 1, fixture));
    },
    pullRequests: (path) => [...repositoryAt(path).pullRequests.values()],
    open: (path, draft) => addPullRequest(repositoryAt(path), { ...BLANK, ...draft }),
    edit: (path, number, change) => {
      const changed = changePullRequest(repositoryAt(path), number, () => change);
      if (changed === undefined) throw new Error(`${path} has no pull request ${number}`);
    },
    setFaults: (next) => {
      faults = createFaults(next);
    },
    close,
  };
}

const BLANK = { title: "a title", body: "", labels: [], author: "somebody", fork: false };

interface Handling extends ForgeServerOptions {
  readonly repositories: ReadonlyMap<string, ForgeRepository>;
  readonly url: string;
}

async function answerTo(
  { kind, token, account = "updater", maxPageSize, repositories, url }: Handling,
  { method, path, headers, body }: ForgeServerRequest,
  fault: ForgeServerFault | undefined,
): Promise<ForgeApiAnswer> {
  if (fault?.status !== undefined) {
    return { status: fault.status, body: fault.body, headers: fault.headers };
  }
  const api = APIS[kind];
  if (api.tokenOf(headers) !== token) return api.unauthorized;
  const [pathname = "", query = ""] = path.split("?", 2);
  return api.answer(
    {
      method,
      path: pathname,
      query: new URLSearchParams(query),
      body: isRecord(body) ? body : {},
      account,
      baseUrl: url,
      maxPageSize: maxPageSize ?? (kind === "gitea" ? 50 : 100),
    },
    repositories,
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

async function describeRequest(
  request: IncomingMessage,
  { basePath }: ForgeApiDouble,
): Promise<ForgeServerRequest> {
  const text = (await readBody(request)).toString("utf8");
  const { method = "GET", url = "/", headers } = request;
  const path = url.startsWith(basePath) ? url.slice(basePath.length) : `/outside-of-the-api${url}`;
  const body: unknown = text === "" ? undefined : JSON.parse(text);
  return { method, path, headers, body };
}

function send(response: ServerResponse, { status, body, headers }: ForgeApiAnswer): void {
  const isText = typeof body === "string";
  const type = isText ? "text/html; charset=utf-8" : "application/json";
  response.writeHead(status, { "content-type": type, ...headers });
  response.end(isText ? body : JSON.stringify(body ?? {}));
}

function createFaults(
  faults: readonly ForgeServerFault[],
): (request: ForgeServerRequest) => ForgeServerFault | undefined {
  const left = new Map(faults.map((fault) => [fault, fault.times ?? Number.POSITIVE_INFINITY]));
  return ({ method, path }) => {
    for (const [fault, times] of left) {
      const matches = (fault.method ?? method) === method && path.includes(fault.path ?? "");
      if (!matches || times <= 0) continue;
      left.set(fault, times - 1);
      return fault;
    }
    return undefined;
  };
}
