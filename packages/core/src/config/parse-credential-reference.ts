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

/**
 * Cuts `username:password` at the first colon; both must have text. A line break at the end, which
 * files and scripts leave, is not part of the password.
 */
export function parseUserPassword(
  text: string,
): { readonly username: string; readonly password: string } | undefined {
  const line = text.replace(/[\r\n]+$/, "");
  const colon = line.indexOf(":");
  if (colon < 1 || colon === line.length - 1) return undefined;
  return { username: line.slice(0, colon), password: line.slice(colon + 1) };
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
