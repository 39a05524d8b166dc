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
import { readBody, runHttpBackend, sendResponse, type CgiResponse } from "./http-backend.js";
import { namesCapability, withholdCapabilities } from "./withhold-capabilities.js";

/** What a request is for. */
export type GitService = "info/refs" | "git-upload-pack" | "git-receive-pack";

/** What a request to `git-upload-pack` of protocol version 2 asks for. */
export type GitCommand = "ls-refs" | "fetch";

/** Something that goes wrong, for the requests it matches. The first fault that matches is used. */
export interface GitServerFault {
  /** Only for this service. Default: all. */
  readonly service?: GitService | undefined;
  /** Only where this program greets (`info/refs`). Default: both, and all other requests. */
  readonly greeting?: "git-upload-pack" | "git-receive-pack" | undefined;
  /** Only for this command of protocol version 2. Default: all, and what is none. */
  readonly command?: GitCommand | undefined;
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
  /** `0` makes a server that does not know protocol version 2. Default: 2. */
  readonly protocol?: 0 | 2 | undefined;
  /** Whether a client may leave out objects (`uploadpack.allowFilter`). Default: true. */
  readonly filters?: boolean | undefined;
  /**
   * Names of capabilities that it does not offer, in any version of the protocol. It breaks off without
   * a word when one is named all the same, as some servers do. Default: none.
   */
  readonly withheld?: readonly string[] | undefined;
  readonly faults?: readonly GitServerFault[] | undefined;
}

/** One request that the server saw, in order of arrival. */
export interface GitServerRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly repository: string;
  readonly service: GitService | undefined;
  readonly command: GitCommand | undefined;
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
    void (async () => {
      const body = await readBody(request);
      const seen = describeRequest(request, body);
      requests.push(seen);
      const handling: Handling = { program, root, options, seen, body, fault: faults(seen) };
      await handle(request, response, handling);
    })().catch(() => response.destroy());
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
  readonly body: Uint8Array;
  readonly fault: GitServerFault | undefined;
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  handling: Handling,
): Promise<void> {
  const { fault } = handling;
  await fault?.before?.();
  if (fault?.hang === true) return;
  const answer = await answerTo(request, handling);
  if (fault?.dropAnswer !== true) return sendResponse(response, answer);
  for await (const _ of answer.body);
  response.destroy();
}

async function answerTo(
  request: IncomingMessage,
  { program, root, options, seen, body, fault }: Handling,
): Promise<CgiResponse> {
  if (fault?.status !== undefined) {
    return plainText(fault.status, fault.body ?? "", fault.headers);
  }
  if (fault?.garbage === true) {
    return plainText(200, "this is not Git\n", { "content-type": answerType(seen) });
  }
  if (!isAllowed(request, options)) {
    return plainText(401, "Access denied", { "www-authenticate": 'Basic realm="git"' });
  }
  const environment = backendEnvironment(options);
  const user = options.auth?.username;
  const { withheld = [] } = options;
  if (withheld.length > 0 && seen.service !== "info/refs" && namesCapability(body, withheld)) {
    return plainText(200, "", { "content-type": answerType(seen) });
  }
  const answer = await runHttpBackend(program, request, { root, user, body, environment });
  if (withheld.length === 0 || seen.service !== "info/refs" || answer.status !== 200) return answer;
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.body) chunks.push(chunk);
  return { ...answer, body: [withholdCapabilities(Buffer.concat(chunks), withheld)] };
}

function plainText(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> | undefined,
): CgiResponse {
  const body = Buffer.from(text);
  const all = { "content-type": "text/plain", "content-length": String(body.length), ...headers };
  return { status, headers: all, body: [body] };
}

function backendEnvironment({
  protocol = 2,
  filters = true,
}: GitServerOptions): Readonly<Record<string, string>> {
  return {
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "uploadpack.allowFilter",
    GIT_CONFIG_VALUE_0: String(filters),
    ...(protocol === 0 ? { GIT_PROTOCOL: "" } : {}),
  };
}

function createFaults(
  faults: readonly GitServerFault[],
): (request: GitServerRequest) => GitServerFault | undefined {
  const left = new Map(faults.map((fault) => [fault, fault.times ?? Number.POSITIVE_INFINITY]));
  return ({ service, command, repository, path }) => {
    for (const [fault, times] of left) {
      const matches =
        (fault.service ?? service) === service &&
        (fault.command ?? command) === command &&
        (fault.repository ?? repository) === repository &&
        (fault.greeting === undefined || path.endsWith(`?service=${fault.greeting}`)) &&
        times > 0;
      if (!matches) continue;
      left.set(fault, times - 1);
      return fault;
    }
    return undefined;
  };
}

function describeRequest(request: IncomingMessage, body: Buffer): GitServerRequest {
  const path = request.url ?? "/";
  const pathname = path.split("?", 1)[0] ?? "";
  const service = SERVICES.find((name) => pathname.endsWith(`/${name}`));
  const repository = pathname.slice(1, service === undefined ? undefined : -service.length - 1);
  return {
    method: request.method ?? "GET",
    path,
    repository: repository.replace(/\.git$/u, ""),
    service,
    command: COMMANDS.find((command) => body.subarray(4).indexOf(`command=${command}`) === 0),
    authorized: request.headers.authorization !== undefined,
  };
}

const COMMANDS = ["ls-refs", "fetch"] as const;
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
