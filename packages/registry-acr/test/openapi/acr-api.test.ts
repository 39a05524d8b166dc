import { z } from "zod";
import { expect, it } from "vitest";
import { createAcrApi } from "../../src/openapi/acr-api.js";
import { openApiConnection } from "../../src/openapi/open-api-connection.js";
import { refusingDispatcher, registryErrorOf } from "../support/acr.js";

const PUBLIC = "demo-registry.cn-hangzhou.cr.aliyuncs.com";
const VPC = "demo-registry-vpc.cn-hangzhou.cr.aliyuncs.com";

it.each([
  [PUBLIC, {}, "https://cr.cn-hangzhou.aliyuncs.com"],
  [VPC, {}, "https://cr-vpc.cn-hangzhou.aliyuncs.com"],
  [VPC, { network: "public" }, "https://cr.cn-hangzhou.aliyuncs.com"],
  ["images.example.com", {}, "https://cr.cn-hangzhou.aliyuncs.com"],
  ["images.example.com", { network: "vpc" }, "https://cr-vpc.cn-hangzhou.aliyuncs.com"],
  [VPC, { endpoint: "https://cr.example.com/" }, "https://cr.example.com"],
] as const)("asks for %s with %j at %s", async (host, settings, origin) => {
  const { dispatcher, origins } = refusingDispatcher();
  const key = { accessKeyId: "a", accessKeySecret: "b" };
  const connection = openApiConnection({ dispatcher, retries: 0 });
  const api = createAcrApi(connection, () => Promise.resolve(key), settings);
  const repository = { host, path: "team/app", apiUrl: `https://${host}` };
  const instance = { edition: "personal", region: "cn-hangzhou" } as const;
  const call = { method: "GET", path: ["tokens"], query: {}, action: "a", version: "1" } as const;
  await registryErrorOf(api.call({ instance, repository, place: { host } }, call, z.unknown()));
  expect(origins).toEqual([origin]);
});
