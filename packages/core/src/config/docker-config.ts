import { base64, utf8 } from "@scure/base";
import { z } from "zod";
import type { Diagnostic, Parsed } from "../errors/diagnostic.js";
import { tokenCredential, userCredential, type DockerCredential } from "./docker-credential.js";
import { parseRegistryKey } from "./registry-key.js";

/** What a docker config file knows of one registry. */
export interface DockerConfigEntry {
  /** The registry as the file writes it, without user information: `https://index.docker.io/v1/`. */
  readonly key: string;
  /** Absent when the entry is empty, because a helper has the credentials. */
  readonly credential?: DockerCredential | undefined;
}

/** A docker config file: `config.json`, or the content of an image pull secret. */
export interface DockerConfig {
  readonly auths: readonly DockerConfigEntry[];
  /** Registries with a helper program of their own. */
  readonly credentialHelpers: readonly DockerConfigEntry[];
  /** The helper for all other registries. */
  readonly credentialsStore?: string | undefined;
}

const fileSchema = z.object({
  auths: z.record(z.string(), z.unknown()).nullish(),
  credHelpers: z.record(z.string(), z.unknown()).nullish(),
  credsStore: z.string().nullish(),
});

const authSchema = z.object({
  auth: z.string().nullish(),
  username: z.string().nullish(),
  password: z.string().nullish(),
  identitytoken: z.string().nullish(),
  registrytoken: z.string().nullish(),
});

type Auth = z.infer<typeof authSchema>;

const HELPER_NAME = /^[A-Za-z0-9._-]+$/;
const ADVICE = "write auth as base64 of user:password, or username and password";

/**
 * Reads a docker config file, or the older `.dockercfg` without `auths` around its entries.
 *
 * An entry that cannot be used is an error and stays in the value as such. Messages never repeat the
 * content of an entry.
 */
export function parseDockerConfig(json: string): Parsed<DockerConfig> {
  const document = parseObject(json);
  if (document === undefined) return refuse("it is not a JSON object");
  const { data: file, error } = fileSchema.safeParse(document);
  if (file === undefined) return refuse(`${error.issues[0]?.path.join(".")} has the wrong type`);
  const store = file.credsStore ?? "";
  const helpers = Object.entries(file.credHelpers ?? {});
  const auths = isLegacy(document) ? legacyEntries(document) : Object.entries(file.auths ?? {});
  const isDelegating = store !== "" || helpers.length > 0;
  const value: DockerConfig = {
    auths: auths.map(([key, auth]) => readAuth(key, auth, isDelegating)),
    credentialHelpers: helpers.map(([key, helper]) => readHelper(key, helper)),
    ...(HELPER_NAME.test(store) ? { credentialsStore: store } : {}),
  };
  const diagnostics = [...value.auths, ...value.credentialHelpers].flatMap(explainEntry);
  if (store !== "" && !HELPER_NAME.test(store)) diagnostics.push(unknownStore());
  return { value, diagnostics };
}

function parseObject(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const document: unknown = JSON.parse(json);
    return z.record(z.string(), z.unknown()).safeParse(document).data;
  } catch {
    // The parser's message quotes the text, which holds secrets.
    return undefined;
  }
}

function isLegacy(document: Readonly<Record<string, unknown>>): boolean {
  return ["auths", "credHelpers", "credsStore"].every((key) => document[key] === undefined);
}

function legacyEntries(document: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(document).filter(([, entry]) => {
    return typeof entry === "object" && entry !== null && ("auth" in entry || "username" in entry);
  });
}

function readAuth(rawKey: string, entry: unknown, isDelegating: boolean): DockerConfigEntry {
  const key = withoutUser(rawKey);
  const { data: auth } = authSchema.safeParse(entry);
  if (auth === undefined) return { key, credential: unusable(key, "has a value of a wrong type") };
  const credential = readCredential(key, auth);
  if (credential !== undefined) return { key, credential };
  return isDelegating ? { key } : { key, credential: unusable(key, "is empty") };
}

function readCredential(key: string, auth: Auth): DockerCredential | undefined {
  if (isFilled(auth.identitytoken)) return tokenCredential("identity-token", auth.identitytoken);
  if (isFilled(auth.registrytoken)) return tokenCredential("bearer", auth.registrytoken);
  if (isFilled(auth.auth)) return decodeAuth(key, auth.auth);
  if (isFilled(auth.username)) return userCredential(auth.username, auth.password ?? "");
  return isFilled(auth.password) ? unusable(key, "has a password but no user name") : undefined;
}

function decodeAuth(key: string, auth: string): DockerCredential {
  const text = decodeBase64(auth);
  if (text === undefined) return unusable(key, "has an auth that is not base64");
  const colon = text.indexOf(":");
  if (colon < 1) return unusable(key, "has an auth that does not decode to user:password");
  return userCredential(text.slice(0, colon), text.slice(colon + 1).replace(/(?<!\0)\0+$/, ""));
}

function decodeBase64(text: string): string | undefined {
  try {
    return utf8.encode(base64.decode(text.replaceAll(/\s/g, "")));
  } catch {
    return undefined;
  }
}

function readHelper(rawKey: string, helper: unknown): DockerConfigEntry {
  const key = withoutUser(rawKey);
  if (typeof helper !== "string" || !HELPER_NAME.test(helper)) {
    return { key, credential: unusable(key, "names no helper program") };
  }
  return { key, credential: { kind: "helper", helper, serverUrl: parseRegistryKey(key).host } };
}

function isFilled(text: string | null | undefined): text is string {
  return text !== undefined && text !== null && text !== "";
}

function withoutUser(key: string): string {
  return key.replace(/^([a-z]+:\/\/)?[^/]*@/i, "$1");
}

function unusable(key: string, problem: string): DockerCredential {
  return { kind: "invalid", key, problem };
}

function explainEntry({ key, credential }: DockerConfigEntry): readonly Diagnostic[] {
  if (credential?.kind !== "invalid") return [];
  return [
    diagnose(`the entry "${key}" ${credential.problem}; ${ADVICE}`, parseRegistryKey(key).host),
  ];
}

function unknownStore(): Diagnostic {
  return diagnose(
    "credsStore is not the name of a helper; write the part after docker-credential- alone",
  );
}

function refuse(problem: string): Parsed<never> {
  const message = `the docker config cannot be read: ${problem}; write {"auths": {"<registry>": {"auth": "…"}}}`;
  return { value: undefined, diagnostics: [diagnose(message)] };
}

function diagnose(message: string, host?: string): Diagnostic {
  const where = host === undefined ? {} : { host };
  return { severity: "error", code: "invalid-docker-config", where, message };
}
