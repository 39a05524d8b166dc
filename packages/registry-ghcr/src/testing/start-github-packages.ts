import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createGithubAnswers, type GithubAsk } from "./github-answers.js";
import { createGithubFaultPlan, type GithubFault } from "./github-fault.js";
import {
  createPackageStore,
  type GithubPackagesOptions,
  type PackageVersionFixture,
} from "./github-fixture.js";

/** A request that the API got; never with its token. `status` is 0 where it gave no answer. */
export interface LoggedApiRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly status: number;
}

/** A running API. */
export interface GithubTestServer {
  /** What the setting `apiUrl` wants. */
  readonly url: string;
  /** All requests so far, oldest first. */
  readonly requests: readonly LoggedApiRequest[];
  /** Pushes a version as the newest one of its package; its tags leave the others. */
  push(packageName: string, version: PackageVersionFixture): void;
  /** Replaces all faults; an empty list ends them. */
  setFaults(faults: readonly GithubFault[]): void;
  close(): Promise<void>;
}

/**
 * Starts GitHub's REST API for container packages on 127.0.0.1: organizations, users and the token's
 * own packages, pages of at most 100, ETags of one token each, the hourly limit, and faults on demand.
 */
export async function startGithubPackages(
  options: GithubPackagesOptions = {},
): Promise<GithubTestServer> {
  const store = createPackageStore(options.packages ?? {});
  const faults = createGithubFaultPlan(options.faults ?? []);
  const answer = createGithubAnswers(options, store, faults);
  const requests: LoggedApiRequest[] = [];

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const { method = "GET", url: path = "/" } = request;
    const given = method === "GET" ? answer(askOf(request)) : "disconnect";
    requests.push({ method, path, status: typeof given === "string" ? 0 : given.status });
    if (given === "disconnect") request.socket.destroy();
    if (typeof given === "string") return;
    response.writeHead(given.status, given.headers);
    response.end(given.body);
  };

  const server = createServer((request, response) => {
    try {
      handle(request, response);
    } catch {
      // No path that GitHub would have.
      request.socket.destroy();
    }
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}${options.basePath ?? ""}`,
    requests,
    push: store.push,
    setFaults: faults.set,
    close: () => close(server),
  };
}

function askOf({ url = "/", headers }: IncomingMessage): GithubAsk {
  return {
    url: new URL(url, `http://${headers.host ?? "127.0.0.1"}`),
    token: /^(?:Bearer|token) (.+)$/i.exec(headers.authorization ?? "")?.[1],
    hasUserAgent: headers["user-agent"] !== undefined,
    ifNoneMatch: headers["if-none-match"],
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("no port"));
      else resolve(address.port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
