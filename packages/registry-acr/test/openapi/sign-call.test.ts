import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { canonicalRequest, signCall } from "../../src/openapi/sign-call.js";
import { signingVectors } from "../support/signing-vectors.js";

const PLAIN =
  "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version";
const SESSION =
  "host;x-acs-accesskey-id;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-security-token;x-acs-signature-nonce;x-acs-version";

describe("signCall", () => {
  it.each(signingVectors)("signs $name", ({ host, call, key, date, nonce, hash, signature }) => {
    const stamp = { date: new Date(date), nonce };
    const signed = signCall(call, host, key, stamp);
    const text = canonicalRequest(call, { host, ...signed.headers });
    expect(createHash("sha256").update(text).digest("hex")).toBe(hash);
    const names = key.securityToken === undefined ? PLAIN : SESSION;
    expect(signed.authorization).toBe(
      `ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=${names},Signature=${signature}`,
    );
  });

  it("writes the documentation's canonical request", () => {
    const [vector] = signingVectors;
    if (vector === undefined) throw new Error("no vector");
    const { call, host, key, date, nonce } = vector;
    const { headers } = signCall(call, host, key, { date: new Date(date), nonce });
    expect(canonicalRequest(call, { host, ...headers }).split("\n")).toEqual([
      "POST",
      "/",
      "ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai",
      "host:ecs.cn-shanghai.aliyuncs.com",
      "x-acs-action:RunInstances",
      "x-acs-content-sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "x-acs-date:2023-10-26T10:22:32Z",
      "x-acs-signature-nonce:3156853299f313e23d1673dc12e1703d",
      "x-acs-version:2014-05-26",
      "",
      PLAIN,
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ]);
  });
});
