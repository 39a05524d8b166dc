import { createJumpingClock, startOpenApi } from "../support/acr.js";
import { request } from "undici";
import { describe, expect, it } from "vitest";
import { createSignatureCheck } from "../../src/testing/check-signature.js";
import { formatPath, formatQuery } from "../../src/openapi/open-api-call.js";
import { signCall } from "../../src/openapi/sign-call.js";
import { signingVectors } from "../support/signing-vectors.js";

describe("the check of signatures", () => {
  it.each(signingVectors)("lets the known signature of $name pass, once", (vector) => {
    const { host, call, key, date, nonce, signature } = vector;
    const query = formatQuery(call.query);
    const target = `${formatPath(call.path)}${query === "" ? "" : `?${query}`}`;
    const { headers, authorization } = signCall(call, host, key, { date: new Date(date), nonce });
    const ask = {
      method: call.method,
      target,
      url: new URL(target, "http://127.0.0.1"),
      headers: {
        host,
        ...headers,
        authorization: authorization.replace(/[0-9a-f]{64}$/, signature),
        accept: "*/*",
      },
      body: "",
    };
    const check = createSignatureCheck(
      () => key,
      () => Date.parse(date),
    );
    expect(
      check.refuse({ ...ask, target: `${target}${query === "" ? "?" : "&"}a=b` })?.body,
    ).toContain("SignatureDoesNotMatch");
    expect(check.refuse({ ...ask, method: "PUT" })?.body).toContain("SignatureDoesNotMatch");
    expect(check.refuse({ ...ask, body: "x" })?.body).toContain("SignatureDoesNotMatch");
    expect(check.refuse(ask)).toBeUndefined();
    expect(check.refuse(ask)?.body).toContain("SignatureNonceUsed");
  });
});

describe("the test server", () => {
  it.each([
    ["POST", "/?InstanceId=cri-test", { "x-acs-action": "GetAuthorizationToken" }, 404],
    ["GET", "/tokens", { "x-acs-action": "GetAuthorizationToken" }, 404],
    ["POST", "/?Action=AssumeRoleWithOIDC", {}, 400],
    ["PUT", "/latest/api/token", {}, 404],
    ["GET", "/latest/meta-data/ram/security-credentials/", {}, 403],
  ] as const)(
    "answers nobody who does not prove a right: %s %s",
    async (method, path, headers, status) => {
      const server = await startOpenApi();
      const response = await request(`${server.url}${path}`, { method, headers });
      await response.body.dump();
      expect(response.statusCode).toBe(status);
      expect(server.calls).toHaveLength(1);
    },
  );

  it("refuses a call that was signed long ago", async () => {
    const clock = createJumpingClock("2026-11-20T08:00:00Z");
    const server = await startOpenApi({ clock });
    const call = {
      method: "GET",
      path: ["tokens"],
      query: {},
      action: "GetAuthorizationToken",
      version: "2016-06-07",
    } as const;
    const stamp = { date: new Date("2026-11-20T07:44:59Z"), nonce: "1" };
    const signed = signCall(call, new URL(server.url).host, server.accessKey, stamp);
    const headers = { ...signed.headers, authorization: signed.authorization };
    const response = await request(`${server.url}/tokens`, { headers });
    expect(await response.body.json()).toMatchObject({ Code: "InvalidTimeStamp.Expired" });
  });
});
