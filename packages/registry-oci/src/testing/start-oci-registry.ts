import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { ImageFixture, RegistryFault, RegistryFixture } from "@image-updater/core/testing";
import { createAccessControl, type AccessControl, type OciTestAuth } from "./access.js";
import type { Answer, Ask } from "./answer.js";
import type { OciTestReferrers } from "./answer-referrers.js";
import type { ImageFormat } from "./build-image.js";
import type { OciTestAttachment } from "./build-referrer.js";
import {
  answerApi,
  routeOf,
  type ApiOptions,
  type OciTestLinks,
  type Route,
} from "./distribution-api.js";
import { createFaultPlan, misbehave, type FaultPlan, type Misbehaviour } from "./fault-plan.js";
import { createImageStore, type ImageStore } from "./image-store.js";
import { createPullLimit, type OciTestPullLimit, type PullLimit } from "./pull-limit.js";

/** Options of {@link startOciRegistry}. */
export interface OciTestOptions {
  /** What it holds at first; default nothing. */
  readonly fixture?: RegistryFixture | undefined;
  /** Default: everybody may read. */
  readonly auth?: OciTestAuth | undefined;
  /** Most tags or referrers of a page; default 1000. */
  readonly pageSize?: number | undefined;
  /** How the next page is named, or that it is not; default `relative`. */
  readonly links?: OciTestLinks | undefined;
  /** Answers 400 to who asks for more tags of a page; default never. */
  readonly refusesPagesOver?: number | undefined;
  /** Tags by name, as most registries, or oldest push first; default `lexical`. */
  readonly order?: "lexical" | "pushed" | undefined;
  /** Media types of images; default `oci`. */
  readonly format?: ImageFormat | undefined;
  /** Redirect blobs to the same path at this base URL, as registries with an object storage do. */
  readonly blobsAt?: string | undefined;
  /** How it keeps what is attached to images; default `api`. */
  readonly referrers?: OciTestReferrers | undefined;
  /** Counts pulls as Docker Hub does; default no limit. */
  readonly pullLimit?: OciTestPullLimit | undefined;
  /** What goes wrong from the start. */
  readonly faults?: readonly RegistryFault[] | undefined;
  /** PEM key and certificate: speak https. */
  readonly tls?: { readonly key: string; readonly cert: string } | undefined;
}

/** A request that the registry got. `status` is 0 where it gave no answer. */
export interface LoggedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly status: number;
}

/** A running registry. */
export interface OciTestServer {
  /** Base URL of its API. */
  readonly url: string;
  /** `127.0.0.1:port`, as an image would name it. */
  readonly host: string;
  /** All requests so far, oldest first. */
  readonly requests: readonly LoggedRequest[];
  /** Pushes an image and answers its digest. */
  push(repository: string, image: ImageFixture): string;
  /** Attaches an artifact without content to a manifest and answers the artifact's digest. */
  attach(repository: string, subjectDigest: string, attachment: OciTestAttachment): string;
  /** Deletes a tag. */
  delete(repository: string, tag: string): void;
  /** Replaces all faults; an empty list ends them. */
  setFaults(faults: readonly RegistryFault[]): void;
  close(): Promise<void>;
}

/**
 * Starts a distribution registry on 127.0.0.1: real sockets, manifests, digests, paging and tokens,
 * and faults on demand. Enough to pull from and to delete; there is no push over HTTP.
 */
export async function startOciRegistry(options: OciTestOptions = {}): Promise<OciTestServer> {
  const store = createImageStore(options.fixture ?? {}, options.format ?? "oci");
  const faults = createFaultPlan();
  faults.set(options.faults ?? []);
  const access = createAccessControl(options.auth, () => url);
  const requests: LoggedRequest[] = [];
  const pullLimit = createPullLimit(options.pullLimit);
  const api = apiOptions(options);
  const parts = { store, faults, access, pullLimit, api };
  const handle = createHandler(parts, requests);
  const server =
    options.tls === undefined ? createServer(handle) : createTlsServer(options.tls, handle);
  const host = `127.0.0.1:${await listen(server)}`;
  const url = `${options.tls === undefined ? "http" : "https"}://${host}`;
  return {
    url,
    host,
    requests,
    push: store.push,
    attach(repository, subjectDigest, attachment): string {
      const tagged = api.referrers === "tag" || api.referrers === "web-page";
      return store.attach(repository, subjectDigest, attachment, tagged);
    },
    delete(repository, tag): void {
      store.delete(repository, tag);
    },
    setFaults: faults.set,
    close: () => close(server),
  };
}

function apiOptions(options: OciTestOptions): ApiOptions {
  const { pageSize = 1000, links = "relative", order = "lexical", blobsAt } = options;
  const { refusesPagesOver, referrers = "api" } = options;
  return { pageSize, links, refusesPagesOver, order, blobsAt, referrers };
}

interface Parts {
  readonly store: ImageStore;
  readonly faults: FaultPlan;
  readonly access: AccessControl;
  readonly pullLimit: PullLimit;
  readonly api: ApiOptions;
}

function createHandler(parts: Parts, requests: LoggedRequest[]): RequestListener {
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const ask = await readAsk(request);
    const outcome = answerAsk(ask, parts);
    const status = outcome.kind === "answer" ? outcome.answer.status : 0;
    requests.push({ method: ask.method, path: request.url ?? "", status });
    if (outcome.kind === "answer") send(response, outcome.answer, ask.method);
    else if (outcome.kind === "disconnect") request.socket.destroy();
    else if (outcome.kind === "endless") sendEndless(response);
  }

  return (request, response) => {
    // A client that goes away in the middle is a part of many tests.
    handle(request, response).catch(() => request.socket.destroy());
  };
}

function answerAsk(ask: Ask, parts: Parts): Misbehaviour {
  const { store, faults, access, pullLimit, api } = parts;
  const route = routeOf(ask, store);
  const refused = route.kind === "token" ? undefined : access.refuse(ask, repositoryOf(route));
  // A request that is to come again with a token does not use up a fault.
  if (refused !== undefined) return { kind: "answer", answer: refused };
  const right = route.kind === "token" ? access.token(ask) : answerApi(ask, route, store, api);
  const fault = faults.take(route, store);
  if (fault === undefined) return { kind: "answer", answer: pullLimit.apply(ask, route, right) };
  return misbehave(fault, route, right, access);
}

function repositoryOf(route: Route): string | undefined {
  return "repository" in route ? route.repository : undefined;
}

async function readAsk(request: IncomingMessage): Promise<Ask> {
  const { method = "GET", url = "/", headers } = request;
  let body = "";
  request.setEncoding("utf8");
  for await (const chunk of request) body += String(chunk);
  const scheme = "encrypted" in request.socket ? "https" : "http";
  const base = `${scheme}://${headers.host ?? "127.0.0.1"}`;
  return { method, url: new URL(url, base), authorization: headers.authorization, body };
}

function send(response: ServerResponse, { status, headers, body }: Answer, method: string): void {
  response.writeHead(status, { ...headers, "content-length": body.length });
  response.end(method === "HEAD" ? undefined : body);
}

/** More than any client should read; it ends when the client does. */
function sendEndless(response: ServerResponse): void {
  const chunk = Buffer.alloc(1024 * 1024, " ");
  const pump = (): void => {
    let isFlowing = true;
    while (isFlowing && !response.destroyed) isFlowing = response.write(chunk);
  };
  response.writeHead(200, { "content-type": "application/json" });
  response.on("drain", pump);
  pump();
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
