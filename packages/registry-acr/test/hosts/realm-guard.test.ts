import { describe, expect, it } from "vitest";
import { trustsAcrRealm } from "../../src/hosts/realm-guard.js";

const REGISTRY = "https://images.example.com";

describe("trustsAcrRealm", () => {
  it.each([
    ["https://dockerauth.cn-hangzhou.aliyuncs.com/auth", REGISTRY],
    ["https://dockerauth-ee-vpc.cn-hangzhou.aliyuncs.com/auth", REGISTRY],
    ["https://dockerauth-cn-zhangjiakou.aliyuncs.com/auth", REGISTRY],
    ["https://images.example.com/token", REGISTRY],
    ["http://127.0.0.1:5001/token", "http://127.0.0.1:5000"],
  ])("lets %s answer for %s", (realm, apiUrl) => {
    expect(trustsAcrRealm(new URL(realm), { apiUrl })).toBe(true);
  });

  it.each([
    "https://example.com/auth",
    "https://auth.images.example.com/auth",
    "https://aliyuncs.com.example.com/auth",
    "https://notaliyuncs.com/auth",
    "http://dockerauth.cn-hangzhou.aliyuncs.com/auth",
    "http://127.0.0.1/auth",
  ])("does not send passwords to %s", (realm) => {
    expect(trustsAcrRealm(new URL(realm), { apiUrl: REGISTRY })).toBe(false);
  });
});
