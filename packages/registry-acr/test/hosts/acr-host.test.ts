import { describe, expect, it } from "vitest";
import { acrHostOf, parseAcrHost } from "../../src/hosts/acr-host.js";

describe("parseAcrHost", () => {
  it.each([
    ["registry.cn-hangzhou.aliyuncs.com", "personal", "public"],
    ["registry-vpc.cn-hangzhou.aliyuncs.com", "personal", "vpc"],
    ["registry-internal.cn-hangzhou.aliyuncs.com", "personal", "internal"],
    ["registry-intl.ap-southeast-1.aliyuncs.com", "personal", "public"],
    ["registry-intl-vpc.ap-southeast-1.aliyuncs.com", "personal", "vpc"],
    ["registry.aliyuncs.com", "personal", "public"],
    ["crpi-a1b2c3d4e5f6.cn-shanghai.personal.cr.aliyuncs.com", "personal", "public"],
    ["crpi-a1b2c3d4e5f6-vpc.cn-shanghai.personal.cr.aliyuncs.com", "personal", "vpc"],
    ["demo-registry.cn-hangzhou.cr.aliyuncs.com", "enterprise", "public"],
    ["demo-registry-vpc.cn-hangzhou.cr.aliyuncs.com", "enterprise", "vpc"],
    ["my-registry-registry-vpc.eu-central-1.cr.aliyuncs.com", "enterprise", "vpc"],
    ["demo-registry.distributed.cn-beijing.cr.aliyuncs.com", "enterprise", "public"],
    ["demo-registry-vpc.distributed.cn-beijing.cr.aliyuncs.com", "enterprise", "vpc"],
    ["demo-registry-intl.ap-southeast-1.cr.aliyuncs.com", "enterprise", "public"],
    ["demo-registry-internal.cn-hangzhou.cr.aliyuncs.com", "enterprise", "internal"],
    ["registry-cn-hangzhou.ack.aliyuncs.com", "system", "public"],
    ["registry-cn-hangzhou-vpc.ack.aliyuncs.com", "system", "vpc"],
    ["Registry.CN-Hangzhou.aliyuncs.com", "personal", "public"],
    ["registry.cn-hangzhou.aliyuncs.com:443", "personal", "public"],
  ])("reads %s", (host, edition, network) => {
    expect(parseAcrHost(host)).toEqual({ edition, network });
  });

  it.each([
    "docker.io",
    "images.example.com",
    "a1b2c3.mirror.aliyuncs.com",
    "registry.oss-cn-hangzhou.aliyuncs.com",
    "registry.cn-hangzhou.aliyuncs.com.example.com",
    "example.com/registry.cn-hangzhou.aliyuncs.com",
    "evil.registry.cn-hangzhou.aliyuncs.com",
    "registry.cn-hangzhou.aliyuncs.com:5000",
    "dockerauth.cn-hangzhou.aliyuncs.com",
    "demo.cn-hangzhou.cr.aliyuncs.com",
    "a.demo-registry.cn-hangzhou.cr.aliyuncs.com",
    "registryXaliyuncs.com",
    "crpi-x.cn-shanghai.personal.cr.example.com",
    "",
  ])("takes %j for another registry's", (host) => {
    expect(parseAcrHost(host)).toBeUndefined();
  });
});

describe("acrHostOf", () => {
  const vpc = "https://registry-vpc.cn-hangzhou.aliyuncs.com";
  it.each([
    ["registry.cn-hangzhou.aliyuncs.com", vpc, "vpc"],
    ["images.example.com", vpc, "vpc"],
    ["registry.cn-hangzhou.aliyuncs.com", "http://127.0.0.1:5000", "public"],
    ["registry.cn-hangzhou.aliyuncs.com", "no URL", "public"],
    ["images.example.com", "https://images.example.com", undefined],
  ])("of %s at %s is reached by %s", (host, apiUrl, network) => {
    expect(acrHostOf({ host, path: "a/b", apiUrl })?.network).toBe(network);
  });
});
