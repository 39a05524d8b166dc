import { describe, expect, it } from "vitest";
import { instanceKey, parseAcrService } from "../../src/instance/acr-instance.js";

describe("parseAcrService", () => {
  it.each([
    ["registry.aliyuncs.com:cn-hangzhou:26842", { edition: "personal", region: "cn-hangzhou" }],
    ["registry.aliyuncs.com:cn-shanghai:1:2", { edition: "personal", region: "cn-shanghai" }],
    [
      "registry.aliyuncs.com:cn-hangzhou:china:cri-abc123",
      { edition: "enterprise", region: "cn-hangzhou", instanceId: "cri-abc123" },
    ],
    [
      "registry.aliyuncs.com:ap-southeast-1:intl:x:cri-abc123",
      { edition: "enterprise", region: "ap-southeast-1", instanceId: "cri-abc123" },
    ],
  ])("reads %s", (service, instance) => {
    expect(parseAcrService(service)).toEqual(instance);
  });

  it.each([
    "",
    "registry.docker.io",
    "registry.aliyuncs.com",
    "registry.aliyuncs.com:cn-hangzhou",
    "registry.aliyuncs.com::1",
    "registry.example.com:cn-hangzhou:26842",
    "registry.aliyuncs.com:example.com/:1",
    "registry.aliyuncs.com:cn hangzhou:1",
    "registry.aliyuncs.com:cn-hangzhou:china:cri-&Action=x",
    "registry.aliyuncs.com:cn-hangzhou:china:cri-",
  ])("takes %j for no service of ACR", (service) => {
    expect(parseAcrService(service)).toBeUndefined();
  });

  it("tells instances apart", () => {
    const keys = [
      instanceKey({ edition: "personal", region: "a" }),
      instanceKey({ edition: "personal", region: "b" }),
      instanceKey({ edition: "enterprise", region: "a", instanceId: "cri-1" }),
      instanceKey({ edition: "enterprise", region: "a", instanceId: "cri-2" }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});
