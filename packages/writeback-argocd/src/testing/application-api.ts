import { isJsonObject, applyPatch, PatchFailure, type JsonObject } from "./json-patch.js";
import { errorAnswer, okAnswer, type ApiAnswer } from "./api-answer.js";
import { metadataOf, type ApplicationKey, type ApplicationStore } from "./application-store.js";

/** Who may ask, and what they may do. */
export interface ArgoCdToken {
  readonly token: string;
  /** Projects whose Applications it sees. Default: all. */
  readonly projects?: readonly string[] | undefined;
  /** Whether it may patch. Default: true. */
  readonly mayUpdate?: boolean | undefined;
}

/** What the API answers from. */
export interface ApplicationApiState {
  readonly store: ApplicationStore;
  /** Namespaces whose Applications the server manages. */
  readonly namespaces: readonly string[];
  /** What is said against a manifest that somebody wants to write; undefined for a good one. */
  readonly validate: (manifest: JsonObject) => string | undefined;
}

/** A call of somebody who has proven who they are. */
export interface ApplicationCall {
  readonly key: ApplicationKey;
  readonly token: ArgoCdToken;
  /** The project that the Application is said to be of. */
  readonly project?: string | undefined;
  /** Whether the cluster does not answer the server. Default: false. */
  readonly clusterDown?: boolean | undefined;
}

/** Whether a token may get an Application, by its project. */
export function canGet({ projects }: ArgoCdToken, project: string): boolean {
  return projects?.includes(project) ?? true;
}

/**
 * Reads an Application. Who may not see it is told the same as who asks for one that is not there, unless
 * its project is named.
 */
export function getApplication(state: ApplicationApiState, call: ApplicationCall): ApiAnswer {
  const found = findApplication(state, call);
  return "refusal" in found ? found.refusal : okAnswer(found.manifest);
}

/** A patch, and what happens on the cluster while the server works on it. */
export interface PatchCall extends ApplicationCall {
  readonly body: unknown;
  /** Runs after the patch was applied to what was read, and before the result is written. */
  readonly whileValidating?: (() => Promise<unknown>) | undefined;
  readonly testFailure: "unknown" | "invalid-argument";
}

/**
 * Patches an Application as the real server does: the patch is applied to what is read first; spec,
 * labels, annotations and finalizers of the result then replace those that are there, whoever has
 * changed them meanwhile.
 */
export async function patchApplication(
  state: ApplicationApiState,
  call: PatchCall,
): Promise<ApiAnswer> {
  const found = findApplication(state, call);
  if ("refusal" in found) return found.refusal;
  if (call.token.mayUpdate === false) {
    const place = `${projectOf(found.manifest)}/${call.key.name}`;
    const text = `permission denied: applications, update, ${place}, sub: ci, iat: 2024-01-01T00:00:00Z`;
    return errorAnswer("permission-denied", text);
  }
  const patched = applyRequest(found.manifest, call);
  if ("refusal" in patched) return patched.refusal;
  const problem = state.validate(patched.manifest);
  if (problem !== undefined) {
    const text = `application spec for ${call.key.name} is invalid: InvalidSpecError: ${problem}`;
    return errorAnswer("invalid-argument", text);
  }
  await call.whileValidating?.();
  if (state.store.get(call.key) === undefined) {
    return errorAnswer("not-found", `applications "${call.key.name}" not found`);
  }
  return okAnswer(state.store.edit(call.key, (now) => overwrite(now, patched.manifest)));
}

function overwrite(present: JsonObject, wanted: JsonObject): JsonObject {
  const { labels, annotations, finalizers } = metadataOf(wanted);
  const metadata = { ...metadataOf(present), labels, annotations, finalizers };
  return { ...present, spec: wanted["spec"], metadata };
}

type Found = { readonly manifest: JsonObject } | { readonly refusal: ApiAnswer };

function findApplication(
  { store, namespaces }: ApplicationApiState,
  { key, token, project, clusterDown = false }: ApplicationCall,
): Found {
  if (!namespaces.includes(key.namespace)) {
    const text = `namespace '${key.namespace}' is not permitted`;
    return { refusal: errorAnswer("permission-denied", text) };
  }
  const denied = { refusal: errorAnswer("permission-denied", "permission denied") };
  if (clusterDown || (project !== undefined && !canGet(token, project))) return denied;
  const manifest = store.get(key);
  const isSeen = manifest !== undefined && canGet(token, projectOf(manifest));
  if (project === undefined) return isSeen ? { manifest } : denied;
  if (isSeen && projectOf(manifest) === project) return { manifest };
  const text = `applications.argoproj.io "${key.name}" not found`;
  return { refusal: errorAnswer("not-found", text) };
}

function applyRequest(manifest: JsonObject, { body, testFailure }: PatchCall): Found {
  const { patch, patchType = "json" } = isJsonObject(body) ? body : {};
  if (patchType !== "json" || typeof patch !== "string") {
    const text = `Patch type '${String(patchType)}' is not supported`;
    return { refusal: errorAnswer("invalid-argument", text) };
  }
  try {
    const patched = applyPatch(manifest, JSON.parse(patch));
    return { manifest: isJsonObject(patched) ? patched : {} };
  } catch (error) {
    if (!(error instanceof PatchFailure)) throw error;
    return { refusal: errorAnswer(testFailure, `error applying patch: ${error.message}`) };
  }
}

function projectOf({ spec }: JsonObject): string {
  const project = isJsonObject(spec) ? spec["project"] : undefined;
  return typeof project === "string" && project !== "" ? project : "default";
}
