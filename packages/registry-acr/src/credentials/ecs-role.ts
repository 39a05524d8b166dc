import { env } from "node:process";
import { CredentialError } from "@image-updater/core";
import { parseJson } from "@image-updater/registry-oci/http";
import type { AccessKey, AccessKeySource } from "./access-key.js";
import { createMetadataService, type MetadataService } from "./metadata-service.js";
import { sessionKey } from "./session-key.js";

const REFERENCE = "ecs-role";
const TOKEN_PATH = "/latest/api/token";
const ROLES_PATH = "/latest/meta-data/ram/security-credentials/";
const ROLE_NAME = /^[\w.@-]{1,64}$/;

/** Settings of {@link ecsRole}; what is absent is read from the environment at each use. */
export interface EcsRoleSettings {
  /** Default `ALIBABA_CLOUD_ECS_METADATA`, or else the metadata service is asked for it. */
  readonly roleName?: string | undefined;
  /** Base URL of the metadata service; default `http://100.100.100.200`. */
  readonly endpoint?: string | undefined;
  /** For how long each answer is waited for; default 1000: the service is near or it is not there. */
  readonly requestTimeoutMs?: number | undefined;
  /** Default the process's own. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
}

/** Default of `requestTimeoutMs`, in milliseconds. docs/deadlines.md has it, too. */
export const METADATA_TIMEOUT_MS = 1000;

/**
 * Keys of the RAM role of the ECS instance this runs on, by its metadata service.
 *
 * A token of the service is used where it gives one; where not, it is asked without, unless
 * `ALIBABA_CLOUD_IMDSV1_DISABLED=true`.
 */
export function ecsRole(settings: EcsRoleSettings = {}): AccessKeySource {
  const { endpoint = "http://100.100.100.200", environment = env } = settings;
  const { requestTimeoutMs: timeoutMs = METADATA_TIMEOUT_MS } = settings;
  return async ({ connection, signal }) => {
    if (isTrue(environment["ALIBABA_CLOUD_ECS_METADATA_DISABLED"])) {
      throw notFound("ALIBABA_CLOUD_ECS_METADATA_DISABLED forbids its use");
    }
    const service = createMetadataService(
      { endpoint, timeoutMs, dispatcher: connection.dispatcher },
      signal,
    );
    const isTokenNeeded = isTrue(environment["ALIBABA_CLOUD_IMDSV1_DISABLED"]);
    const headers = await readToken(service, isTokenNeeded);
    const configured = settings.roleName ?? environment["ALIBABA_CLOUD_ECS_METADATA"] ?? "";
    const role = configured === "" ? await readRoleName(service, headers) : configured;
    return readKey(service, headers, role);
  };
}

type Headers = Readonly<Record<string, string>>;

async function readToken(service: MetadataService, isNeeded: boolean): Promise<Headers> {
  const ttl = { "x-aliyun-ecs-metadata-token-ttl-seconds": "21600" };
  const token = textOf(await askForToken(service, ttl, isNeeded));
  if (/^[\x21-\x7e]+$/.test(token)) return { "x-aliyun-ecs-metadata-token": token };
  if (isNeeded) throw notFound("the metadata service gives no token");
  return {};
}

async function askForToken(
  service: MetadataService,
  headers: Headers,
  isNeeded: boolean,
): Promise<Uint8Array | undefined> {
  try {
    return await service.ask("PUT", TOKEN_PATH, headers);
  } catch (error) {
    if (isNeeded || (CredentialError.is(error) && error.code === "cancelled")) throw error;
    return undefined;
  }
}

async function readRoleName(service: MetadataService, headers: Headers): Promise<string> {
  const [name = ""] = textOf(await service.ask("GET", ROLES_PATH, headers)).split("\n");
  return name.trim();
}

async function readKey(
  service: MetadataService,
  headers: Headers,
  role: string,
): Promise<AccessKey> {
  if (!ROLE_NAME.test(role)) throw notFound("the instance has no RAM role");
  const body = await service.ask("GET", `${ROLES_PATH}${role}`, headers);
  if (body === undefined) throw notFound(`the instance has no RAM role ${role}`);
  const decoded = sessionKey.safeParse(parseJson(body));
  if (decoded.success) return decoded.data;
  const message = `${REFERENCE}: the metadata service gives no key of ${role}`;
  throw new CredentialError("invalid-secret", message, { reference: REFERENCE });
}

function textOf(body: Uint8Array | undefined): string {
  return body === undefined ? "" : new TextDecoder().decode(body).trim();
}

function isTrue(value: string | undefined): boolean {
  return value?.toLowerCase() === "true";
}

function notFound(what: string): CredentialError {
  return new CredentialError("not-found", `${REFERENCE}: ${what}`, { reference: REFERENCE });
}
