import type { IncomingMessage, ServerResponse } from "node:http";
import { errorAnswer, okAnswer, type ApiAnswer } from "./api-answer.js";
import {
  canGet,
  getApplication,
  patchApplication,
  type ApplicationApiState,
  type ArgoCdToken,
} from "./application-api.js";
import { createApplicationStore, type ApplicationKey } from "./application-store.js";
import { isJsonObject, type JsonObject } from "./json-patch.js";
import {
  readJsonRequest,
  type JsonRequest,
  sendAnswer,
  startWebServer,
  type ServerCertificate,
} from "./web-server.js";

/**
 * Something that goes wrong, for the requests for an Application that it matches. The first fault that
 * matches is used; the server always answers what a token may do.
 */
export interface ArgoCdApiFault {
  /** Default: both. */
  readonly method?: "GET" | "PATCH" | undefined;
  /** Only for the Application of this name. Default: all. */
  readonly name?: string | undefined;
  /** How often it happens. Default: always. */
  readonly times?: number | undefined;
  /** Runs before the request is handled: somebody else's edit, say. */
  readonly before?: (() => Promise<unknown>) | undefined;
  /** Runs while the server validates a patch that it has applied to its copy. */
  readonly whileValidating?: (() => Promise<unknown>) | undefined;
  /** Answers this status, with `body`, instead of handling the request. */
  readonly status?: number | undefined;
  readonly body?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Whether the Kubernetes API does not answer the server, which it calls a lack of permission. */
  readonly clusterDown?: boolean | undefined;
  /** Never answers. */
  readonly hang?: boolean | undefined;
  /** Handles the request, then breaks the connection instead of answering. */
  readonly dropAnswer?: boolean | undefined;
}

/** Settings of {@link startArgoCdApi}. */
export interface ArgoCdApiOptions {
  /** Manifests; those without a namespace are in that of the server. */
  readonly applications?: readonly object[] | undefined;
  /** Who may ask. Default: `test-token`, which may do all. */
  readonly tokens?: readonly ArgoCdToken[] | undefined;
  /** Where the server runs. Default: `argocd`. */
  readonly namespace?: string | undefined;
  /** Namespaces besides its own whose Applications it manages. */
  readonly applicationNamespaces?: readonly string[] | undefined;
  /** Key and certificate in PEM. Default: plain HTTP. */
  readonly tls?: ServerCertificate | undefined;
  /** As `--rootpath`. */
  readonly rootPath?: string | undefined;
  /** What is said against a manifest that is to be written; undefined for a good one. Default: all are. */
  readonly validate?: ((manifest: JsonObject) => string | undefined) | undefined;
  /** The gRPC code of a patch that does not fit: as the server's present one, or as it once was. */
  readonly testFailure?: "unknown" | "invalid-argument" | undefined;
  readonly faults?: readonly ArgoCdApiFault[] | undefined;
}

/** An Argo CD API server on loopback, and the hands of others on its cluster. */
export interface ArgoCdApiServer {
  /** `http://127.0.0.1:<port>`, or https. */
  readonly url: string;
  /** Every request so far. */
  readonly requests: readonly JsonRequest[];
  /** The manifest as it is now; undefined for an Application that is not there. */
  application(key: ApplicationKey): JsonObject | undefined;
  /** Writes what the function makes of the manifest, without the server's knowledge. */
  edit(key: ApplicationKey, change: (manifest: JsonObject) => JsonObject): void;
  /** Deletes the Application, without the server's knowledge. */
  remove(key: ApplicationKey): void;
  /** Replaces all faults. */
  setFaults(faults: readonly ArgoCdApiFault[]): void;
  close(): Promise<void>;
}

/**
 * Starts a server that speaks as much of Argo CD's REST API as it takes to read and patch Applications:
 * tokens and what they may see, projects, namespaces, JSON Patch, and its refusals word for word.
 */
export async function startArgoCdApi(options: ArgoCdApiOptions = {}): Promise<ArgoCdApiServer> {
  const { namespace = "argocd", applicationNamespaces = [], applications = [] } = options;
  const store = createApplicationStore(applications, namespace);
  const validate = options.validate ?? ((): undefined => undefined);
  const state = { store, namespaces: [namespace, ...applicationNamespaces], validate };
  const requests: JsonRequest[] = [];
  let faults = createFaults(options.faults ?? []);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const seen = await readJsonRequest(request);
    requests.push(seen);
    const fault = seen.path.includes(CAN_I) ? undefined : faults(seen);
    await fault?.before?.();
    if (fault?.hang === true) return;
    const token = request.headers.authorization?.replace(/^Bearer /u, "");
    const answer = await answerTo(seen, { state, options, fault, token });
    if (fault?.dropAnswer === true) request.socket.destroy();
    else sendAnswer(response, answer);
  }

  const server = await startWebServer(options.tls, handle);
  return {
    ...server,
    requests,
    application: (key) => store.get(key),
    edit: (key, change) => void store.edit(key, change),
    remove: (key) => store.remove(key),
    setFaults: (next) => {
      faults = createFaults(next);
    },
  };
}

interface Handling {
  readonly state: ApplicationApiState;
  readonly options: ArgoCdApiOptions;
  readonly fault: ArgoCdApiFault | undefined;
  readonly token: string | undefined;
}

async function answerTo(
  request: JsonRequest,
  { state, options, fault, token: text }: Handling,
): Promise<ApiAnswer> {
  if (fault?.status !== undefined) {
    return { status: fault.status, body: fault.body ?? "", headers: fault.headers };
  }
  const asked = readAddress(request, options);
  // What is not the API is the user interface, whatever the address.
  if (asked === undefined) return { status: 200, body: "<!doctype html><title>Argo CD</title>" };
  if (text === undefined) return errorAnswer("unauthenticated", "no session information");
  const token = (options.tokens ?? [{ token: "test-token" }]).find((known) => known.token === text);
  if (token === undefined) {
    return errorAnswer("unauthenticated", `invalid session: ${text} is not a token of this server`);
  }
  if ("right" in asked) return okAnswer({ value: canGet(token, asked.right) ? "yes" : "no" });
  const { whileValidating, clusterDown } = fault ?? {};
  const call = { ...asked, token, clusterDown };
  if (request.method === "GET") return getApplication(state, call);
  const { testFailure = "unknown" } = options;
  return patchApplication(state, { ...call, body: request.body, whileValidating, testFailure });
}

const CAN_I = "/api/v1/account/can-i/applications/get/";

type Asked =
  | { readonly key: ApplicationKey; readonly project: string | undefined }
  /** The project of the Application that a token may get or not. */
  | { readonly right: string };

function readAddress(
  { path, body }: JsonRequest,
  { rootPath = "", namespace = "argocd" }: ArgoCdApiOptions,
): Asked | undefined {
  const { pathname, searchParams } = new URL(path, "http://127.0.0.1");
  const root = rootPath.replace(/\/$/u, "");
  if (pathname.startsWith(`${root}${CAN_I}`)) {
    const [project = ""] = pathname.slice(`${root}${CAN_I}`.length).split("/");
    return { right: decodeURIComponent(project) };
  }
  const prefix = `${root}/api/v1/applications/`;
  if (!pathname.startsWith(prefix)) return undefined;
  const sent = isJsonObject(body) ? body : Object.fromEntries(searchParams);
  const name = decodeURIComponent(pathname.slice(prefix.length));
  const key = { namespace: textOf(sent["appNamespace"]) ?? namespace, name };
  return { key, project: textOf(sent["project"]) };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function createFaults(
  faults: readonly ArgoCdApiFault[],
): (request: JsonRequest) => ArgoCdApiFault | undefined {
  const left = new Map(faults.map((fault) => [fault, fault.times ?? Number.POSITIVE_INFINITY]));
  return ({ method, path }) => {
    for (const [fault, times] of left) {
      const isNamed = fault.name === undefined || /[^/?]+(?=\?|$)/u.exec(path)?.[0] === fault.name;
      if (times <= 0 || !isNamed || (fault.method ?? method) !== method) continue;
      left.set(fault, times - 1);
      return fault;
    }
    return undefined;
  };
}
