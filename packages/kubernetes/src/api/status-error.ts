import { z } from "zod";
import {
  KubernetesError,
  type KubernetesErrorCode,
  type KubernetesErrorContext,
} from "./kubernetes-error.js";
import { qualifiedResource, type ResourcePlace } from "./resource.js";

/** What was asked, as RBAC says it. */
export interface ResourceCall extends ResourcePlace {
  readonly verb: "get" | "list" | "watch" | "create" | "update" | "patch" | "delete";
}

const status = z.object({
  code: z.number().optional().catch(undefined),
  reason: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  details: z
    .object({
      name: z.string().optional().catch(undefined),
      kind: z.string().optional().catch(undefined),
      retryAfterSeconds: z.number().optional().catch(undefined),
      causes: z
        .array(z.object({ field: z.string().optional().catch(undefined) }))
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});

/** What the API server says of a failure. */
type Status = z.infer<typeof status>;

/** An answer that is not a success, as an error that names the call and what would be right. */
export function statusError(
  call: ResourceCall,
  answer: {
    readonly status: number;
    readonly body: unknown;
    readonly retryAfterSeconds?: number | undefined;
  },
): KubernetesError {
  const said: Status = status.safeParse(answer.body).data ?? {};
  const code = codeOf(answer.status, said);
  const { resource: _resource, ...place } = call;
  const retryAfterSeconds = answer.retryAfterSeconds ?? said.details?.retryAfterSeconds;
  const context: KubernetesErrorContext = {
    ...place,
    resource: qualifiedResource(call),
    status: answer.status,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
  return new KubernetesError(code, `${describeCall(call)}: ${explain(code, call, said)}`, context);
}

/** The error of a watch's `ERROR` event. */
export function watchError(call: ResourceCall, object: unknown): KubernetesError {
  const code = status.safeParse(object).data?.code ?? 0;
  return statusError(call, { status: code, body: object });
}

/** The same error, with the call that it happened to. */
export function errorOfCall(call: ResourceCall, error: unknown): unknown {
  if (!KubernetesError.is(error) || error.context.verb !== undefined) return error;
  const { resource: _resource, ...place } = call;
  const context = { ...error.context, ...place, resource: qualifiedResource(call) };
  const message = `${describeCall(call)}: ${error.message}`;
  return new KubernetesError(error.code, message, { ...context, cause: error.cause });
}

/** `patch applications.argoproj.io "web" in namespace "argocd"` */
export function describeCall(call: ResourceCall): string {
  const { verb, name, namespace } = call;
  const object = name === undefined ? "" : ` "${name}"`;
  const scope = namespace === undefined ? "in all namespaces" : `in namespace "${namespace}"`;
  return `${verb} ${qualifiedResource(call)}${object} ${scope}`;
}

function codeOf(statusCode: number, { reason }: Status): KubernetesErrorCode {
  if (statusCode === 409) return reason === "AlreadyExists" ? "already-exists" : "conflict";
  const known = CODES.get(statusCode);
  if (known !== undefined) return known;
  if (statusCode >= 500) return "unavailable";
  return statusCode >= 400 ? "bad-request" : "invalid-response";
}

const CODES: ReadonlyMap<number, KubernetesErrorCode> = new Map([
  [401, "unauthorized"],
  [403, "forbidden"],
  [404, "not-found"],
  [408, "timeout"],
  [410, "expired"],
  [422, "invalid"],
  [429, "rate-limited"],
  [504, "timeout"],
]);

function explain(code: KubernetesErrorCode, call: ResourceCall, said: Status): string {
  switch (code) {
    case "unauthorized":
      return "the API server does not know who asks; check the credentials of the kubeconfig";
    case "forbidden":
      return `not allowed${quote(said)}; ${neededRule(call)}`;
    case "not-found":
      return said.details?.name === undefined
        ? `the API server has no such resource; is the custom resource definition of ${qualifiedResource(call)} installed?`
        : "not found";
    case "conflict":
      return "it was changed meanwhile; read it again";
    case "already-exists":
      return "it exists already";
    case "expired":
      return "the resource version or the next page is too old; list again";
    case "invalid":
      return `the API server refuses the object${fieldsOf(said)}`;
    case "rate-limited":
      return "too many requests; try again later";
    case "bad-request":
    case "unavailable":
    case "timeout":
    case "invalid-response":
    case "invalid-config":
    case "too-large":
    case "cancelled":
      return `the API server failed${quote(said)}`;
  }
}

/** The rule that a Role lacks, ready to be copied. */
function neededRule(call: ResourceCall): string {
  const { verb, resource, subresource, namespace } = call;
  const full =
    subresource === undefined ? resource.resource : `${resource.resource}/${subresource}`;
  const role = namespace === undefined ? "a ClusterRole" : `a Role in namespace "${namespace}"`;
  return `${role} needs the rule apiGroups: ["${resource.group}"], resources: ["${full}"], verbs: ["${verb}"]`;
}

/** Only fields: the server's sentence may quote values that are nobody's business. */
function fieldsOf({ details }: Status): string {
  const fields = details?.causes?.flatMap(({ field }) => (field === undefined ? [] : [field]));
  return fields === undefined || fields.length === 0 ? "" : `, for its ${fields.join(", ")}`;
}

const LONGEST_QUOTE = 300;

function quote({ message }: Status): string {
  if (message === undefined || message === "") return "";
  const line = message.replaceAll(/\s+/g, " ");
  return ` (${line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE)}…` : line})`;
}
