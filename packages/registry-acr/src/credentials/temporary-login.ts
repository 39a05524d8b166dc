import { z } from "zod";
import type { Decoder } from "@image-updater/registry-oci/http";
import type { AcrInstance } from "../instance/acr-instance.js";
import type { AcrApi, AcrApiTarget } from "../openapi/acr-api.js";
import { milliseconds } from "../openapi/milliseconds.js";
import type { OpenApiCall } from "../openapi/open-api-call.js";

/** A user and a password of an instance, for an hour or so. */
export interface TemporaryLogin {
  readonly username: string;
  readonly password: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** A login for the target's instance: `GetAuthorizationToken`, or `/tokens` in the personal edition. */
export function requestLogin(api: AcrApi, target: AcrApiTarget): Promise<TemporaryLogin> {
  const { instance } = target;
  const decoder = instance.edition === "enterprise" ? enterpriseLogin : personalLogin;
  return api.call(target, loginCall(instance), decoder);
}

function loginCall(instance: AcrInstance): OpenApiCall {
  const action = "GetAuthorizationToken";
  if (instance.edition === "personal") {
    return { method: "GET", path: ["tokens"], query: {}, action, version: "2016-06-07" };
  }
  const query = { InstanceId: instance.instanceId };
  return { method: "POST", path: [], query, action, version: "2018-12-01" };
}

const text = z.string().min(1);

const enterpriseLogin: Decoder<TemporaryLogin> = z
  .object({ TempUsername: text, AuthorizationToken: text, ExpireTime: milliseconds })
  .transform((answer) => ({
    username: answer.TempUsername,
    password: answer.AuthorizationToken,
    expiresAt: answer.ExpireTime,
  }));

const personalLogin: Decoder<TemporaryLogin> = z
  .object({
    data: z.object({ tempUserName: text, authorizationToken: text, expireDate: milliseconds }),
  })
  .transform(({ data }) => ({
    username: data.tempUserName,
    password: data.authorizationToken,
    expiresAt: data.expireDate,
  }));
