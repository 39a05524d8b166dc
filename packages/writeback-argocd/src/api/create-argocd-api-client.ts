import {
  ApplicationError,
  isImageUpdaterError,
  type ApplicationClient,
  type CallOptions,
  type JsonPatchOperation,
} from "@image-updater/core";
import { createRedactor, serverWords } from "@image-updater/http";
import type { Dispatcher } from "undici";
import { readApiAddress } from "./api-address.js";
import { answerError, isBareDenial, type Meaning } from "./answer-error.js";
import { decodeApplication } from "./decode-application.js";
import { exchange, type ApiAnswer } from "./exchange.js";
import { explainDenial } from "./explain-denial.js";
import { createTlsDispatcher } from "./tls-dispatcher.js";

/** Default of `requestTimeoutMs`, in milliseconds. docs/deadlines.md has it, too. */
export const DEFAULT_REQUEST_TIMEOUT_MS = 30_000;

/** Settings of {@link createArgoCdApiClient}. */
export interface ArgoCdApiClientSettings {
  /** Of the Argo CD API server: `https://argocd.example.com`. */
  readonly url: string;
  /** Of an account or a project role; a function is asked before each call. */
  readonly token: string | (() => Promise<string>);
  /** Replaces undici's global dispatcher: proxies, tests. */
  readonly dispatcher?: Dispatcher | undefined;
  /** Certificate authorities in PEM to trust instead of the machine's; not with a `dispatcher`. */
  readonly ca?: string | undefined;
  /** Whether any certificate will do; not with a `dispatcher`. Default: false. */
  readonly insecure?: boolean | undefined;
  /** Whether plain `http://` is used, the token unprotected. Default: false. */
  readonly allowHttp?: boolean | undefined;
  /** Where the server was told to listen by `--rootpath`: `/argo-cd`. Default: `/`. */
  readonly rootPath?: string | undefined;
  /** For one request, from beginning to end. Default: 30 000. */
  readonly requestTimeoutMs?: number | undefined;
}

interface ApplicationName {
  readonly namespace: string;
  readonly name: string;
  readonly project?: string | undefined;
}

interface ApiCall {
  readonly method: "GET" | "PATCH";
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object | undefined;
}

/**
 * An {@link ApplicationClient} for the REST API of an Argo CD API server.
 *
 * ```ts
 * const applications = createArgoCdApiClient({ url: "https://argocd.example.com", token: readToken });
 * ```
 *
 * The server applies a patch to what it reads, and then puts its copy of spec, labels and annotations in
 * place, whatever was written there while it validated the copy: edits of others at that very moment
 * are lost, which no client of this API can prevent. Throws TypeError for settings that cannot be used.
 */
export function createArgoCdApiClient(settings: ArgoCdApiClientSettings): ApplicationClient {
  const { base, origin } = readApiAddress(settings);
  const dispatcher = createTlsDispatcher(settings);
  const timeoutMs = settings.requestTimeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS;

  async function call(
    name: ApplicationName,
    { method, query = {}, body }: ApiCall,
    options: CallOptions | undefined,
  ): Promise<unknown> {
    const application = `${name.namespace}/${name.name}`;
    requireName(application, name);
    const token = await readToken(settings.token, application, origin);
    const send = (path: string, sent: Pick<ApiCall, "method" | "body">): Promise<ApiAnswer> =>
      exchange({
        application,
        origin,
        url: `${base}/api/v1/${path}`,
        method: sent.method,
        headers: { authorization: `Bearer ${token}` },
        body: sent.body === undefined ? undefined : JSON.stringify(sent.body),
        timeoutMs,
        dispatcher,
        signal: options?.signal,
      });
    const search = new URLSearchParams(query).toString();
    const path = `applications/${encodeURIComponent(name.name)}${search === "" ? "" : `?${search}`}`;
    const answer = await send(path, { method, body });
    if (answer.status === 200) return decodeApplication(answer, { application, origin, name });
    const redactor = createRedactor();
    redactor.hide(token);
    const clean = (text: string): string => serverWords(text, { redactor });
    const denial = await meaningOfDenial(answer, name, (asked) => send(asked, { method: "GET" }));
    throw answerError(answer, { application, origin, method, clean }, denial);
  }

  return {
    contract: "application-client/1",
    get: (name, options) => call(name, { method: "GET", query: queryOf(name) }, options),
    patch: (name, patch, options) =>
      call(name, { method: "PATCH", body: patchRequest(name, patch) }, options),
  };
}

async function meaningOfDenial(
  answer: ApiAnswer,
  { namespace, name, project }: ApplicationName,
  ask: (path: string) => Promise<ApiAnswer>,
): Promise<Meaning | undefined> {
  if (project === undefined || !isBareDenial(answer)) return undefined;
  return explainDenial({ namespace, name, project }, ask);
}

/** With its project, Argo CD tells an Application that is absent from one that is forbidden. */
function queryOf({ namespace, project }: ApplicationName): Readonly<Record<string, string>> {
  return { appNamespace: namespace, ...(project !== undefined && { project }) };
}

/** Servers before 2.5 know no `appNamespace` and take their own: the first test makes them refuse. */
function patchRequest(
  { name, namespace, project }: ApplicationName,
  patch: readonly JsonPatchOperation[],
): object {
  const isMeant: JsonPatchOperation = { op: "test", path: "/metadata/namespace", value: namespace };
  const text = JSON.stringify([isMeant, ...patch]);
  const place = { name, appNamespace: namespace, ...(project !== undefined && { project }) };
  return { ...place, patch: text, patchType: "json" };
}

const NAME = /^[a-z0-9](?:[-.a-z0-9]*[a-z0-9])?$/iu;

/** Other text could lead to another address than that of an Application. */
function requireName(application: string, { name, namespace }: ApplicationName): void {
  if (NAME.test(name) && NAME.test(namespace)) return;
  const message = `there is no Application "${application}": Kubernetes has no such names`;
  throw new ApplicationError("not-found", message, { application });
}

async function readToken(
  token: ArgoCdApiClientSettings["token"],
  application: string,
  origin: string,
): Promise<string> {
  const text = typeof token === "string" ? token : await askToken(token, application, origin);
  const trimmed = text.trim();
  if (/^[\u0021-\u007e]+$/u.test(trimmed)) return trimmed;
  const message = `the token for ${origin} is ${trimmed === "" ? "empty" : "no single line of ASCII text"}`;
  throw new ApplicationError("unauthorized", message, { application });
}

async function askToken(
  token: () => Promise<string>,
  application: string,
  origin: string,
): Promise<string> {
  try {
    return await token();
  } catch (cause) {
    if (isImageUpdaterError(cause)) throw cause;
    const message = `the token for ${origin} could not be read`;
    throw new ApplicationError("unauthorized", message, { application, cause });
  }
}
