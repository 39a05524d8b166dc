import { readFile } from "node:fs/promises";
import { env } from "node:process";
import { CredentialError, type CancelSignal } from "@image-updater/core";
import { decodeJson, exchange } from "@image-updater/registry-oci/http";
import type { OpenApiConnection } from "../openapi/open-api-connection.js";
import { openApiError } from "../openapi/open-api-error.js";
import { retryCall } from "../openapi/retry-call.js";
import { formatDate } from "../openapi/sign-call.js";
import type { AccessKey, AccessKeySource } from "./access-key.js";
import { assumedRole } from "./session-key.js";

const REFERENCE = "rrsa";
const ACTION = "AssumeRoleWithOIDC";
const BODY_LIMIT = 64 * 1024;

/** Settings of {@link rrsaRole}; what is absent is read from the environment at each use. */
export interface RrsaRoleSettings {
  /** Default `ALIBABA_CLOUD_ROLE_ARN`. */
  readonly roleArn?: string | undefined;
  /** Default `ALIBABA_CLOUD_OIDC_PROVIDER_ARN`. */
  readonly oidcProviderArn?: string | undefined;
  /** Read at each use; default `ALIBABA_CLOUD_OIDC_TOKEN_FILE`. */
  readonly tokenFile?: string | undefined;
  /** Shown in audit logs; default `ALIBABA_CLOUD_ROLE_SESSION_NAME`, or `image-updater-sdk`. */
  readonly sessionName?: string | undefined;
  /** At least 900; default 3600. */
  readonly durationSeconds?: number | undefined;
  /**
   * Base URL of the Security Token Service; default that of `ALIBABA_CLOUD_STS_REGION`, in the VPC with
   * `ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED=true`, or else `https://sts.aliyuncs.com`.
   */
  readonly endpoint?: string | undefined;
  /** Default the process's own. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * Keys of a RAM role for the service account of a pod (RRSA): the cluster's token is exchanged by
 * `AssumeRoleWithOIDC`. ACK sets the variables, so a pod needs no settings.
 */
export function rrsaRole(settings: RrsaRoleSettings = {}): AccessKeySource {
  return ({ connection, signal }) =>
    retryCall(() => assumeRole(settings, connection, signal), connection, signal);
}

async function assumeRole(
  settings: RrsaRoleSettings,
  { clock, dispatcher, userAgent, requestTimeoutMs }: OpenApiConnection,
  signal: CancelSignal | undefined,
): Promise<AccessKey> {
  const { environment = env } = settings;
  const form = await roleForm(settings, environment);
  const url = new URL("/", settings.endpoint ?? defaultEndpoint(environment));
  url.search = new URLSearchParams({
    Action: ACTION,
    Format: "JSON",
    Timestamp: formatDate(clock.now()),
    Version: "2015-04-01",
  }).toString();
  const place = { host: url.host };
  const headers = { ...HEADERS, "user-agent": userAgent };
  const request = { method: "POST", url, place, headers, bodyLimit: BODY_LIMIT } as const;
  const body = form.toString();
  const response = await exchange(
    { ...request, body, secrets: [form.get("OIDCToken") ?? ""], dispatcher, signal },
    requestTimeoutMs,
  );
  const error = openApiError(response, place, ACTION, clock.now());
  if (error !== undefined) throw error;
  return decodeJson(response.body, assumedRole, place, `the answer to ${ACTION}`);
}

const HEADERS = {
  accept: "application/json",
  "content-type": "application/x-www-form-urlencoded",
};

async function roleForm(
  settings: RrsaRoleSettings,
  environment: Environment,
): Promise<URLSearchParams> {
  const { oidcProviderArn, tokenFile, roleArn, durationSeconds = 3600 } = settings;
  const path = wanted(tokenFile, environment, "ALIBABA_CLOUD_OIDC_TOKEN_FILE");
  return new URLSearchParams({
    OIDCProviderArn: wanted(oidcProviderArn, environment, "ALIBABA_CLOUD_OIDC_PROVIDER_ARN"),
    RoleArn: wanted(roleArn, environment, "ALIBABA_CLOUD_ROLE_ARN"),
    OIDCToken: await readToken(path),
    RoleSessionName: sessionNameOf(settings, environment),
    DurationSeconds: String(durationSeconds),
  });
}

type Environment = Readonly<Record<string, string | undefined>>;

function wanted(setting: string | undefined, environment: Environment, variable: string): string {
  const value = setting ?? environment[variable] ?? "";
  if (value !== "") return value;
  const message = `${REFERENCE}: ${variable} is not set; ACK sets it in pods of an RRSA service account`;
  throw new CredentialError("not-found", message, { reference: REFERENCE });
}

function sessionNameOf({ sessionName }: RrsaRoleSettings, environment: Environment): string {
  const name = sessionName ?? environment["ALIBABA_CLOUD_ROLE_SESSION_NAME"] ?? "";
  return name === "" ? "image-updater-sdk" : name;
}

function defaultEndpoint(environment: Environment): string {
  const region = environment["ALIBABA_CLOUD_STS_REGION"] ?? "";
  if (region === "") return "https://sts.aliyuncs.com";
  const isVpc = environment["ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED"]?.toLowerCase() === "true";
  return `https://sts${isVpc ? "-vpc" : ""}.${region}.aliyuncs.com`;
}

async function readToken(path: string): Promise<string> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (cause) {
    const message = `${REFERENCE}: the token file ${JSON.stringify(path)} cannot be read`;
    throw new CredentialError("not-found", message, { reference: REFERENCE, cause });
  }
}
