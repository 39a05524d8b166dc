import { env } from "node:process";
import { CredentialError, type CancelSignal } from "@image-updater/core";
import type { OpenApiConnection } from "../openapi/open-api-connection.js";

/** What signs calls of Alibaba Cloud's APIs. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Of a key of the Security Token Service. */
  readonly securityToken?: string | undefined;
  /** RFC 3339; a key without it is asked for at each use. */
  readonly expiration?: string | undefined;
}

/** What a source is given. */
export interface AccessKeyRequest {
  /** How the credentials reach Alibaba Cloud; a source of one's own need not use it. */
  readonly connection: OpenApiConnection;
  readonly signal?: CancelSignal | undefined;
}

/**
 * Where access keys come from; any function that finds one will do, such as one on Alibaba Cloud's own
 * credentials library.
 *
 * It is asked when a key is wanted, and again before the key expires.
 */
export type AccessKeySource = (request: AccessKeyRequest) => Promise<AccessKey>;

/** A key that is known from the start: of a RAM user, or with `securityToken` of a session. */
export function accessKey(key: AccessKey): AccessKeySource {
  const { accessKeyId, accessKeySecret, securityToken, expiration } = key;
  return async () => ({ accessKeyId, accessKeySecret, securityToken, expiration });
}

/**
 * The key in `ALIBABA_CLOUD_ACCESS_KEY_ID`, `ALIBABA_CLOUD_ACCESS_KEY_SECRET` and, for a session's,
 * `ALIBABA_CLOUD_SECURITY_TOKEN`, read at each use.
 */
export function environmentAccessKey(
  environment: Readonly<Record<string, string | undefined>> = env,
): AccessKeySource {
  return async () => {
    const accessKeyId = environment["ALIBABA_CLOUD_ACCESS_KEY_ID"] ?? "";
    const accessKeySecret = environment["ALIBABA_CLOUD_ACCESS_KEY_SECRET"] ?? "";
    const securityToken = environment["ALIBABA_CLOUD_SECURITY_TOKEN"] ?? "";
    if (accessKeyId === "" || accessKeySecret === "") {
      const reference = "env:ALIBABA_CLOUD_ACCESS_KEY_ID";
      const message = `${reference}: set it and ALIBABA_CLOUD_ACCESS_KEY_SECRET`;
      throw new CredentialError("not-found", message, { reference });
    }
    return securityToken === ""
      ? { accessKeyId, accessKeySecret }
      : { accessKeyId, accessKeySecret, securityToken };
  };
}
