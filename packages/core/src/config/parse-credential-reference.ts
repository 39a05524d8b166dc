import type { Parsed } from "../errors/diagnostic.js";
import type { CredentialReference } from "./credential-reference.js";

/** Settings of {@link parseCredentialReference}. */
export interface CredentialReferenceOptions {
  /** Whether the text must begin with `registry=`. Default `false`. */
  readonly requireRegistry?: boolean | undefined;
}

const FORMS =
  "secret:<namespace>/<name>#<field>, pullsecret:<namespace>/<name>, env:<variable> or ext:</absolute/path>";

type Location = { readonly registry?: string };
type Reader = (definition: string, location: Location) => CredentialReference | undefined;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["secret", readSecret],
  ["pullsecret", readPullSecret],
  ["env", (variable, location) => ({ kind: "env", ...location, variable })],
  ["ext", (path, location) => ({ kind: "ext", ...location, path })],
]);

/**
 * Reads `[registry=]type:definition`, the grammar of Argo CD Image Updater for registry credentials.
 *
 * Messages repeat the text only when it is certain to be a reference, since people also write
 * passwords here.
 */
export function parseCredentialReference(
  text: string,
  { requireRegistry = false }: CredentialReferenceOptions = {},
): Parsed<CredentialReference> {
  const { registry, source } = splitRegistry(text.trim());
  if (requireRegistry && registry === undefined) {
    return fail(`the credentials name no registry; write <registry>=${FORMS}`);
  }
  const [type = "", definition = "", ...rest] = source.split(":");
  const read = READERS.get(type.toLowerCase());
  if (read === undefined) {
    return fail(`the credentials are of no known type; write [registry=]${FORMS}`);
  }
  if (definition === "" || rest.length > 0) {
    return fail(`the ${type} credentials need exactly one colon and a definition; write ${FORMS}`);
  }
  const value = read(definition, registry === undefined ? {} : { registry });
  if (value === undefined) {
    return fail(`"${source}" does not name a ${type} completely; write ${FORMS}`);
  }
  return { value, diagnostics: value.kind === "ext" ? checkPath(value.path) : [] };
}

/** The reference as `[registry=]type:definition`. */
export function formatCredentialReference(reference: CredentialReference): string {
  const prefix = reference.registry === undefined ? "" : `${reference.registry}=`;
  return `${prefix}${reference.kind}:${formatDefinition(reference)}`;
}

/** A user name and a password. */
export interface UserPassword {
  readonly username: string;
  readonly password: string;
}

/** What a text holds that should be `username:password`, or what is wrong with it and would be right. */
export type UserPasswordResult =
  | ({ readonly kind: "user" } & UserPassword)
  | { readonly kind: "refused"; readonly problem: string };

/**
 * Cuts `username:password` at the first colon; both must have text. A line break at the end, which
 * files and scripts leave, is not part of the password.
 *
 * What is certainly something else is refused, since it would be sent to the registry as it is: a
 * docker config with the passwords of other registries, what a credential helper prints, variables of
 * a shell, a URL, and several lines. A service account's key is several lines of JSON and a password.
 */
export function readUserPassword(text: string): UserPasswordResult {
  const problem = foreignContent(text.trim());
  if (problem !== undefined) return { kind: "refused", problem };
  const line = text.replace(/(?<![\r\n])[\r\n]+$/, "");
  const colon = line.indexOf(":");
  if (colon < 1 || colon === line.length - 1) {
    return { kind: "refused", problem: "it does not hold user:password" };
  }
  const [username, password] = [line.slice(0, colon), line.slice(colon + 1)];
  if (/[\r\n]/.test(line) && !isJsonObject(password)) {
    const advice = "it must hold nothing but user:password, in one line";
    return { kind: "refused", problem: `it holds several lines; ${advice}` };
  }
  return { kind: "user", username, password };
}

/** The user name and the password of {@link readUserPassword}; undefined for what it refuses. */
export function parseUserPassword(text: string): UserPassword | undefined {
  const read = readUserPassword(text);
  return read.kind === "user" ? { username: read.username, password: read.password } : undefined;
}

/** What the text is for certain, with what to write instead. */
function foreignContent(text: string): string | undefined {
  if (text.startsWith("{") || text.startsWith("[")) {
    if (/"(?:auths?|credHelpers|credsStore)"/.test(text)) {
      return "it holds a docker config, with the passwords of every registry in it; write pullsecret:<namespace>/<name>";
    }
    if (/"Secret"/i.test(text)) {
      return "it holds what a credential helper prints; print user:password in one line instead";
    }
    return "it holds JSON; it must hold user:password";
  }
  if (/^(?:export\s+)?[A-Z_][A-Z0-9_]*=/.test(text)) {
    return "it holds variables of a shell; it must hold user:password";
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    return "it holds a URL; it must hold user:password";
  }
  return text.startsWith("-----BEGIN ") ? "it holds a key or a certificate" : undefined;
}

function isJsonObject(text: string): boolean {
  const trimmed = text.trim();
  return trimmed.startsWith("{") && trimmed.endsWith("}");
}

function splitRegistry(text: string): { readonly registry?: string; readonly source: string } {
  const equals = text.indexOf("=");
  if (equals < 1 || equals === text.length - 1) return { source: text };
  return { registry: text.slice(0, equals), source: text.slice(equals + 1) };
}

function readSecret(definition: string, location: Location): CredentialReference | undefined {
  const [path = "", field = "", ...rest] = definition.split("#");
  const secret = readNamespacedName(path);
  if (secret === undefined || field === "" || rest.length > 0) return undefined;
  return { kind: "secret", ...location, ...secret, field };
}

function readPullSecret(definition: string, location: Location): CredentialReference | undefined {
  const secret = readNamespacedName(definition);
  return secret === undefined ? undefined : { kind: "pullsecret", ...location, ...secret };
}

function readNamespacedName(
  text: string,
): { readonly namespace: string; readonly name: string } | undefined {
  const [namespace = "", name = "", ...rest] = text.split("/");
  return namespace === "" || name === "" || rest.length > 0 ? undefined : { namespace, name };
}

function checkPath(path: string): Parsed<never>["diagnostics"] {
  if (path.startsWith("/")) return [];
  const message = `the script "${path}" cannot be run: its path must be absolute, as ext:/scripts/login.sh`;
  return [{ severity: "warning", code: "invalid-credential-reference", where: {}, message }];
}

function formatDefinition(reference: CredentialReference): string {
  if (reference.kind === "env") return reference.variable;
  if (reference.kind === "ext") return reference.path;
  const secret = `${reference.namespace}/${reference.name}`;
  return reference.kind === "secret" ? `${secret}#${reference.field}` : secret;
}

function fail(message: string): Parsed<never> {
  return {
    value: undefined,
    diagnostics: [{ severity: "error", code: "invalid-credential-reference", where: {}, message }],
  };
}
