import { expect, it } from "vitest";
import { siblingHosts } from "../../src/config/sibling-hosts.js";

it.each([
  ["registry-vpc.cn-hangzhou.aliyuncs.com", "registry.cn-hangzhou.aliyuncs.com"],
  ["registry-internal.cn-beijing.aliyuncs.com", "registry-vpc.cn-beijing.aliyuncs.com"],
  ["registry-intl-vpc.ap-southeast-1.aliyuncs.com", "registry-intl.ap-southeast-1.aliyuncs.com"],
  ["registry.aliyuncs.com", "registry.cn-hangzhou.aliyuncs.com"],
  [
    "crpi-abc1-vpc.cn-hangzhou.personal.cr.aliyuncs.com",
    "crpi-abc1.cn-hangzhou.personal.cr.aliyuncs.com",
  ],
  ["acme-registry-vpc.cn-shanghai.cr.aliyuncs.com", "acme-registry.cn-shanghai.cr.aliyuncs.com"],
  [
    "a-registry-registry.cn-shanghai.cr.aliyuncs.com",
    "a-registry-registry-vpc.cn-shanghai.cr.aliyuncs.com",
  ],
  ["docker.pkg.github.com", "ghcr.io"],
  ["eu.gcr.io", "us.gcr.io"],
  ["harbor.example.com", "registry.example.com"],
  ["registry.example.com:5000", "registry.example.com"],
  ["localhost:5001", "localhost:5000"],
])("%s and %s are siblings", (a, b) => {
  expect(siblingHosts(a, [b, "other.invalid"])).toEqual([b]);
  expect(siblingHosts(b, [a, "other.invalid"])).toEqual([a]);
});

it.each([
  ["registry.cn-hangzhou.aliyuncs.com", "registry.cn-beijing.aliyuncs.com"],
  ["acme-registry.cn-shanghai.cr.aliyuncs.com", "other-registry.cn-shanghai.cr.aliyuncs.com"],
  ["crpi-a.cn-hangzhou.personal.cr.aliyuncs.com", "crpi-b.cn-hangzhou.personal.cr.aliyuncs.com"],
  ["acme.azurecr.io", "other.azurecr.io"],
  ["1.dkr.ecr.eu-west-1.amazonaws.com", "2.dkr.ecr.eu-west-1.amazonaws.com"],
  ["quay.io", "ghcr.io"],
  ["10.0.0.1", "11.0.0.1"],
  ["docker.io", "index.docker.io"],
  ["ghcr.io", "GHCR.io"],
])("%s and %s are not", (a, b) => {
  expect(siblingHosts(a, [b])).toEqual([]);
  expect(siblingHosts(b, [a])).toEqual([]);
});

it("a host with credentials has no siblings to look at, and each sibling is named once", () => {
  const known = ["a.example.com", "b.example.com", "b.example.com"];
  expect(siblingHosts("a.example.com", known)).toEqual([]);
  expect(siblingHosts("c.example.com", known)).toEqual(["a.example.com", "b.example.com"]);
});
