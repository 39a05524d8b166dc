import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGitProgram, type GitProgram } from "./git-program.js";
import {
  createGitRepositories,
  type FixtureRepository,
  type GitRepositories,
} from "./git-repositories.js";
import { readBody, runHttpBackend, sendResponse } from "./http-backend.js";

/** What a request is for. */
export type GitService = "info/refs" | "git-upload-pack" | "git-receive-pack";

/** Something that goes wrong, for the requests it matches. The first fault that matches is used. */
export interface GitServerFault {
  /** Only for this service. Default: all. */
  readonly service?: GitService | undefined;
  /** Only for this repository, by name. Default: all. */
  readonly repository?: string | undefined;
  /** How often it happens. Default: always. */
  readonly times?: number | undefined;
  /** Runs before the request is handled: somebody else's push, say. */
  readonly before?: (() => Promise<unknown>) | undefined;
  /** Answers this status, with `body` as plain text, instead of handling the request. */
  readonly status?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  /** Never answers. */
  readonly hang?: boolean | undefined;
  /** Answers with the right type and nonsense in it. */
  readonly garbage?: boolean | undefined;
  /** Handles the request, then breaks the connection instead of answering. */
  readonly dropAnswer?: boolean | undefined;
}

/** Settings of {@link startGitServer}. */
export interface GitServerOptions {
  /** Refuses whoever does not send this by HTTP Basic. Default: everybody may read and push. */
  readonly auth?: { readonly username: string; readonly password: string } | undefined;
  readonly faults?: readonly GitServerFault[] | undefined;
}

/** One request that the server saw, in order of arrival. */
export interface GitServerRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly repository: string;
  readonly service: GitService | undefined;
  /** Whether credentials came with it. */
  readonly authorized: boolean;
}

/** A Git server on loopback, and the hands of its administrator. */
export interface GitTestServer extends GitRepositories {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Every request so far. */
  readonly requests: readonly GitServerRequest[];
  createRepository(
    name: string,
    fixture?: FixtureRepository,
  ): Promise<{ readonly url: string; readonly path: string }>;
  /** Forgets the requests so far. */
  clearRequests(): void;
  /** Replaces all faults. */
  setFaults(faults: readonly GitServerFault[]): void;
  /** Stops the server, ends every process it started and removes its files. */
  close(): Promise<void>;
}

/**
 * Starts a real Git server: `git http-backend` behind Node's HTTP server on 127.0.0.1.
 *
 * It needs nothing but Node and the git program, and uses no configuration but its own.
 */
export async function startGitServer(options: GitServerOptions = {}): Promise<GitTestServer> {
  const home = await mkdtemp(join(tmpdir(), "git-server-"));
  const root = join(home, "repositories");
  await mkdir(root);
  const program = createGitProgram(home);
  const requests: GitServerRequest[] = [];
  let faults = createFaults(options.faults ?? []);
  const server = createServer((request, response) => {
    const seen = describeRequest(request);
    requests.push(seen);
    const handling: Handling = { program, root, options, seen, fault: faults(seen) };
    handle(request, response, handling).catch(() => response.destroy());
  });
  const url = await listen(server);
  const repositories = createGitRepositories(root, program);
  return {
    ...repositories,
    url,
    requests,
    createRepository: async (name, fixture) => ({
      ...(await repositories.createRepository(name, fixture)),
      url: `${url}/${name}.git`,
    }),
    clearRequests: () => {
      requests.length = 0;
    },
    setFaults: (next) => {
      faults = createFaults(next);
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await Promise.all([closed, program.close()]);
      await rm(home, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

interface Handling {
  readonly program: GitProgram;
  readonly root: string;
  readonly options: GitServerOptions;
  readonly seen: GitServerRequest;
  readonly fault: GitServerFault | undefined;
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  { program, root, options, seen, fault }: Handling,
): Promise<void> {
  const body = await readBody(request);
  await fault?.before?.();
  if (fault?.hang === true) return;
  if (fault?.status !== undefined) {
    const headers = { "content-type": "text/plain", ...fault.headers };
    sendResponse(response, { status: fault.status, headers, body: Buffer.from(fault.body ?? "") });
    return;
  }
  if (fault?.garbage === true) {
    const headers = { "content-type": answerType(seen) };
    sendResponse(response, { status: 200, headers, body: Buffer.from("this is not Git\n") });
    return;
  }
  if (!isAllowed(request, options)) {
    const headers = { "content-type": "text/plain", "www-authenticate": 'Basic realm="git"' };
    sendResponse(response, { status: 401, headers, body: Buffer.from("Access denied") });
    return;
  }
  const user = options.auth?.username;
  const answer = await runHttpBackend(program, request, { root, user, body });
  if (fault?.dropAnswer === true) response.destroy();
  else sendResponse(response, answer);
}

function createFaults(
  faults: readonly GitServerFault[],
): (request: GitServerRequest) => GitServerFault | undefined {
  const left = new Map(faults.map((fault) => [fault, fault.times ?? Number.POSITIVE_INFINITY]));
  return ({ service, repository }) => {
    for (const [fault, times] of left) {
      const matches =
        (fault.service ?? service) === service &&
        (fault.repository ?? repository) === repository &&
        times > 0;
      if (!matches) continue;
      left.set(fault, times - 1);
      return fault;
    }
    return undefined;
  };
}

function describeRequest(request: IncomingMessage): GitServerRequest {
  const path = request.url ?? "/";
  const pathname = path.split("?", 1)[0] ?? "";
  const service = SERVICES.find((name) => pathname.endsWith(`/${name}`));
  const repository = pathname.slice(1, service === undefined ? undefined : -service.length - 1);
  return {
    method: request.method ?? "GET",
    path,
    repository: repository.replace(/\.git$/u, ""),
    service,
    authorized: request.headers.authorization !== undefined,
  };
}

const SERVICES = ["info/refs", "git-upload-pack", "git-receive-pack"] as const;

function answerType({ service, path }: GitServerRequest): string {
  if (service !== "info/refs") return `application/x-${service ?? "git"}-result`;
  return `application/x-${path.split("service=", 2)[1] ?? ""}-advertisement`;
}

function isAllowed(request: IncomingMessage, { auth }: GitServerOptions): boolean {
  if (auth === undefined) return true;
  const expected = Buffer.from(`${auth.username}:${auth.password}`).toString("base64");
  return request.headers.authorization === `Basic ${expected}`;
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return `http://127.0.0.1:${address.port}`;
}
