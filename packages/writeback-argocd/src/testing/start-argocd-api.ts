import type { IncomingMessage, ServerResponse } from "node:http";
import { errorAnswer, type ApiAnswer } from "./api-answer.js";
import {
  getApplication,
  patchApplication,
  type ApplicationApiState,
  type ArgoCdToken,
} from "./application-api.js";
import { createApplicationStore, type ApplicationKey } from "./application-store.js";
import type { JsonObject } from "./json-patch.js";
import {
  readJsonRequest,
  type JsonRequest,
  sendAnswer,
  startWebServer,
  type ServerCertificate,
} from "./web-server.js";

/** Something that goes wrong, for the requests it matches. The first fault that matches is used. */
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
 * tokens and what they may see, namespaces, JSON Patch, and its refusals word for word.
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
    const fault = faults(seen);
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
  const key = keyOf(request, options);
  // What is not the API is the user interface, whatever the address.
  if (key === undefined) return { status: 200, body: "<!doctype html><title>Argo CD</title>" };
  if (text === undefined) return errorAnswer("unauthenticated", "no session information");
  const token = (options.tokens ?? [{ token: "test-token" }]).find((known) => known.token === text);
  if (token === undefined) {
    return errorAnswer("unauthenticated", `invalid session: ${text} is no token of this server`);
  }
  if (request.method === "GET") return getApplication(state, { key, token });
  const { testFailure = "unknown" } = options;
  const { whileValidating } = fault ?? {};
  return patchApplication(state, { key, token, body: request.body, whileValidating, testFailure });
}

function keyOf(
  { path, body }: JsonRequest,
  { rootPath = "", namespace = "argocd" }: ArgoCdApiOptions,
): ApplicationKey | undefined {
  const { pathname, searchParams } = new URL(path, "http://127.0.0.1");
  const prefix = `${rootPath.replace(/\/$/u, "")}/api/v1/applications/`;
  if (!pathname.startsWith(prefix)) return undefined;
  const asked: unknown =
    typeof body === "object" && body !== null && "appNamespace" in body
      ? body.appNamespace
      : searchParams.get("appNamespace");
  const name = decodeURIComponent(pathname.slice(prefix.length));
  return { namespace: typeof asked === "string" && asked !== "" ? asked : namespace, name };
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
