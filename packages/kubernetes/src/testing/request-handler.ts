import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { refuseAccess, type KubernetesTestUser } from "./access.js";
import { answerCall, type CallContext, type TestCall } from "./answer-call.js";
import { faultAnswer, type FaultPlan } from "./fault-plan.js";
import { selectedName } from "./object-matcher.js";
import { Refusal } from "./refusal.js";
import { parseRoute, verbOf, type ObjectPlace } from "./route.js";
import { badRequest, type TestAnswer } from "./status-object.js";
import type { KubernetesTestResource } from "./test-resource.js";
import type { WatchStreams } from "./watch-stream.js";

/** A request that the server got. `status` is 0 where it gave no answer. */
export interface LoggedKubernetesRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly verb: string;
  readonly contentType: string;
  readonly status: number;
}

/** What the server is made of. */
export interface ServerParts {
  readonly context: CallContext;
  readonly watches: WatchStreams;
  readonly faults: FaultPlan;
  readonly requests: LoggedKubernetesRequest[];
  readonly resources: readonly KubernetesTestResource[];
  readonly users: readonly KubernetesTestUser[];
}

/** Answers requests from the parts, and writes them down. */
export function createRequestHandler(parts: ServerParts): RequestListener {
  return (request, response) => {
    // A client that goes away in the middle is a part of many tests.
    handle(request, response, parts).catch(() => request.socket.destroy());
  };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  parts: ServerParts,
): Promise<void> {
  const text = await readText(request);
  const { method = "GET", url = "/", headers } = request;
  const { pathname, searchParams: query } = new URL(url, "http://127.0.0.1");
  const place = parseRoute(pathname, parts.resources);
  const verb = place === undefined ? "" : verbOf(method, place, query.get("watch") === "true");
  const contentType = headers["content-type"] ?? "";
  const outcome =
    place === undefined
      ? { status: 404, body: "404 page not found\n" }
      : await answerOrRefuse(
          { verb, place, query, contentType, text, authorization: headers.authorization },
          response,
          parts,
        );
  const status = typeof outcome === "object" ? outcome.status : NO_ANSWER[outcome];
  parts.requests.push({ method, path: url, verb, contentType, status });
  if (typeof outcome === "object") send(response, outcome);
  else if (outcome === "disconnect") request.socket.destroy();
}

const NO_ANSWER = { streaming: 200, hang: 0, disconnect: 0 } as const;

interface Asked extends Omit<TestCall, "body"> {
  readonly place: ObjectPlace;
  readonly text: string;
  readonly authorization: string | undefined;
}

async function answerOrRefuse(
  asked: Asked,
  response: ServerResponse,
  parts: ServerParts,
): Promise<TestAnswer | keyof typeof NO_ANSWER> {
  try {
    return await answer(asked, response, parts);
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
}

async function answer(
  asked: Asked,
  response: ServerResponse,
  parts: ServerParts,
): Promise<TestAnswer | keyof typeof NO_ANSWER> {
  const { place, verb, authorization } = asked;
  const about = { ...place, name: place.name ?? selectedName(asked.query) };
  const refused = refuseAccess(parts.users, authorization, about, verb);
  // A request of somebody who may not ask does not use up a fault.
  if (refused !== undefined) return refused;
  const behave = parts.faults.take(place, verb);
  const faulty = behave === undefined ? undefined : faultAnswer(behave, place);
  if (faulty !== undefined) return faulty;
  if (behave === "hang" || behave === "disconnect") return behave;
  if (behave === "slow") await delay(50);
  const right = rightAnswer(asked, response, parts);
  return behave === "lose-answer" ? "disconnect" : right;
}

function rightAnswer(
  { text, ...call }: Asked,
  response: ServerResponse,
  parts: ServerParts,
): TestAnswer | "streaming" {
  const body = parseBody(text);
  if (call.verb !== "watch") return answerCall({ ...call, body }, parts.context);
  parts.watches.start({ ...call, body }, response);
  return "streaming";
}

function parseBody(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(badRequest("the body is not JSON"));
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = "";
  request.setEncoding("utf8");
  for await (const chunk of request) text += String(chunk);
  return text;
}

function send(response: ServerResponse, { status, headers, body }: TestAnswer): void {
  const isText = typeof body === "string";
  const type = isText ? "text/plain; charset=utf-8" : "application/json";
  response.writeHead(status, { "content-type": type, ...headers });
  response.end(isText ? body : JSON.stringify(body));
}
