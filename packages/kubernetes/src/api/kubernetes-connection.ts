import {
  Agent as PlainAgent,
  request as plainRequest,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
} from "node:http";
import { Agent, request as tlsRequest } from "node:https";
import { KubernetesError } from "./kubernetes-error.js";

/**
 * What this package needs of a `KubeConfig` of @kubernetes/client-node: where the server is, and what a
 * request needs to be believed. 1.x and 2.x have it.
 */
export interface KubeConfigLike {
  getCurrentCluster(): { readonly server: string; readonly proxyUrl?: string | undefined } | null;
  /** Sets authorities, client certificates and headers; runs programs for credentials if need be. */
  applyToHTTPSOptions(options: RequestOptions): Promise<void>;
}

/** A request as it goes out. */
export interface OutgoingRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** Sends requests to the current cluster of a KubeConfig. */
export interface KubernetesConnection {
  /** Answers when the head of the answer is there; whoever asks reads the rest. */
  send(request: OutgoingRequest, signal: AbortSignal): Promise<IncomingMessage>;
}

const KEEP_ALIVE = { keepAlive: true, keepAliveMsecs: 30_000, timeout: 30_000 } as const;

/**
 * Connects as the KubeConfig says at each request, so that what rotates is used as soon as it is there.
 *
 * Connections are kept and shared by requests with the same credentials; redirects are not followed.
 */
export function createConnection(kubeConfig: KubeConfigLike): KubernetesConnection {
  const agents = { "http:": new PlainAgent(KEEP_ALIVE), "https:": new Agent(KEEP_ALIVE) };
  return {
    async send(request, signal): Promise<IncomingMessage> {
      const cluster = kubeConfig.getCurrentCluster();
      const base = parseServer(cluster?.server);
      const options: RequestOptions = { headers: { ...request.headers } };
      await applyCredentials(kubeConfig, base, options, signal);
      const url = new URL(`${base.pathname.replace(/\/$/, "")}${request.target}`, base);
      // The KubeConfig's own agent is a new one each time, or keeps old certificates.
      const agent = cluster?.proxyUrl === undefined ? agents[base.protocol] : options.agent;
      const all: RequestOptions = { ...options, agent, method: request.method };
      const sent = base.protocol === "https:" ? tlsRequest(url, all) : plainRequest(url, all);
      return answerOf(sent, request.body, signal);
    },
  };
}

type Base = URL & { readonly protocol: "http:" | "https:" };

function parseServer(server: string | undefined): Base {
  const url = URL.canParse(server ?? "") ? new URL(server ?? "") : undefined;
  if (url !== undefined && isBase(url)) return url;
  const message =
    server === undefined
      ? "the kubeconfig has no current context with a cluster"
      : "the server of the kubeconfig's current cluster is not an http or https URL";
  throw new KubernetesError("invalid-config", message);
}

function isBase(url: URL): url is Base {
  return url.protocol === "https:" || url.protocol === "http:";
}

async function applyCredentials(
  kubeConfig: KubeConfigLike,
  base: Base,
  options: RequestOptions,
  signal: AbortSignal,
): Promise<void> {
  try {
    // It may ask a token server, or run a program, and takes no signal.
    await Promise.race([kubeConfig.applyToHTTPSOptions(options), untilAborted(signal)]);
  } catch (cause) {
    const hint =
      base.protocol === "https:" ? "" : "; an http server needs insecure-skip-tls-verify: true";
    const message = `the credentials of the kubeconfig's current context could not be had${hint}`;
    throw new KubernetesError("unauthorized", message, { cause });
  }
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = (): void => reject(new Error("there was no time left for the credentials"));
    if (signal.aborted) fail();
    else signal.addEventListener("abort", fail, { once: true });
  });
}

/**
 * The signal is not handed to Node.js: aborted at the end of an answer, it would destroy a connection that
 * nobody listens to at that moment.
 */
function answerOf(
  sent: ClientRequest,
  body: string | undefined,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const stop = (): void => void sent.destroy(new Error("the request was ended"));
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    sent.once("response", (answer) => {
      signal.removeEventListener("abort", stop);
      const stopReading = (): void => {
        if (!answer.complete) answer.destroy();
      };
      signal.addEventListener("abort", stopReading, { once: true });
      // Whoever reads the answer gets the error; but a watch is not read all the time.
      answer.on("error", ignore);
      resolve(answer);
    });
    // It may come after the answer too.
    sent.on("error", reject);
    sent.end(body);
  });
}

function ignore(): void {}
