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
import { answerError } from "./answer-error.js";
import { decodeApplication } from "./decode-application.js";
import { exchange, type ApiAnswer } from "./exchange.js";
import { createTlsDispatcher } from "./tls-dispatcher.js";

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
}

interface ApiCall {
  readonly method: "GET" | "PATCH";
  readonly query?: string;
  readonly body?: object;
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
  const timeoutMs = settings.requestTimeoutMs ?? 30_000;

  async function call(
    name: ApplicationName,
    { method, query = "", body }: ApiCall,
    options: CallOptions | undefined,
  ): Promise<unknown> {
    const application = `${name.namespace}/${name.name}`;
    requireName(application, name);
    const token = await readToken(settings.token, application, origin);
    const answer = await exchange({
      application,
      origin,
      url: `${base}/api/v1/applications/${encodeURIComponent(name.name)}${query}`,
      method,
      headers: { authorization: `Bearer ${token}` },
      body: body === undefined ? undefined : JSON.stringify(body),
      timeoutMs,
      dispatcher,
      signal: options?.signal,
    });
    const redactor = createRedactor();
    redactor.hide(token);
    const clean = (text: string): string => serverWords(text, { redactor });
    return manifestOf(answer, { application, origin, method, clean, name });
  }

  return {
    contract: "application-client/1",
    get: (name, options) => {
      const query = `?appNamespace=${encodeURIComponent(name.namespace)}`;
      return call(name, { method: "GET", query }, options);
    },
    patch: (name, patch, options) =>
      call(name, { method: "PATCH", body: patchRequest(name, patch) }, options),
  };
}

/** Servers before 2.5 know no `appNamespace` and take their own: the first test makes them refuse. */
function patchRequest(
  { name, namespace }: ApplicationName,
  patch: readonly JsonPatchOperation[],
): object {
  const isMeant: JsonPatchOperation = { op: "test", path: "/metadata/namespace", value: namespace };
  const text = JSON.stringify([isMeant, ...patch]);
  return { name, appNamespace: namespace, patch: text, patchType: "json" };
}

interface AnswerContext {
  readonly application: string;
  readonly origin: string;
  readonly method: "GET" | "PATCH";
  readonly clean: (text: string) => string;
  readonly name: ApplicationName;
}

function manifestOf(answer: ApiAnswer, context: AnswerContext): unknown {
  if (answer.status !== 200) throw answerError(answer, context);
  return decodeApplication(answer, context);
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
