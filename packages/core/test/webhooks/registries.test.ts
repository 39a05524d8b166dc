import { describe, expect, it } from "vitest";
import { parseWebhook } from "../../src/webhooks/parse-webhook.js";
import { DIGEST, readPayload, requestOf } from "./sample-webhooks.js";

describe("Docker Hub", () => {
  it.each([
    { repository: { repo_name: "library/nginx" }, name: "library/nginx" },
    { repository: { namespace: "team", name: "app" }, name: "team/app" },
    { repository: { repo_name: "", namespace: "team", name: "app" }, name: "team/app" },
    { repository: { repo_name: null, name: "nginx" }, name: "nginx" },
  ])("names $name", ({ repository, name }) => {
    expect(readPayload("docker.io", { repository, push_data: { tag: "1" } })).toEqual({
      registry: "docker.io",
      repository: name,
      tag: "1",
    });
  });

  it.each([
    { push_data: { tag: "1" }, repository: {} },
    { push_data: { tag: "1" }, repository: { namespace: "team" } },
    { push_data: { tag: "1" } },
    { push_data: {}, repository: { repo_name: "team/app" } },
    { push_data: { tag: 1 }, repository: { repo_name: "team/app" } },
    { repository: { repo_name: "team/app" } },
  ])("refuses %j", (payload) => {
    expect(readPayload("docker.io", payload)).toBe("missing-field");
  });

  it("says which field is missing", () => {
    const payload = { push_data: {}, repository: { repo_name: "team/app" } };
    expect(parseWebhook("docker.io", requestOf("docker.io", { payload }))).toMatchObject({
      message: "the webhook names no tag; it belongs in push_data.tag",
    });
  });
});

describe("Quay", () => {
  const payload = { repository: "team/app", updated_tags: ["2", "1"] };

  it.each([
    { url: "quay.io/team/app", host: "quay.io" },
    { url: "quay.apps.example.com/team/app", host: "quay.apps.example.com" },
    { url: "https://quay.internal.example/team/app", host: "quay.internal.example" },
    { url: "http://quay.internal.example:8443/team/app", host: "quay.internal.example:8443" },
    { url: "Quay.Example.com", host: "quay.example.com" },
    { url: "/team/app", host: "quay.io" },
    { url: "", host: "quay.io" },
    { url: undefined, host: "quay.io" },
  ])("at $url is $host", ({ url, host }) => {
    expect(readPayload("quay.io", { ...payload, docker_url: url })).toEqual({
      registry: host,
      repository: "team/app",
      tag: "2",
    });
  });

  it("takes namespace and name where the repository is missing", () => {
    const { repository: _repository, ...rest } = payload;
    const named = { ...rest, namespace: "team", name: "app" };
    expect(readPayload("quay.io", named)).toMatchObject({ repository: "team/app" });
  });

  it.each([
    { ...payload, updated_tags: [] },
    { ...payload, updated_tags: [""] },
    { ...payload, updated_tags: "2" },
    { repository: "team/app" },
    { updated_tags: ["2"] },
  ])("refuses %j", (other) => {
    expect(readPayload("quay.io", other)).toBe("missing-field");
  });
});

describe("Harbor", () => {
  const repository = { repo_full_name: "team/app", namespace: "team", name: "app" };
  const payloadOf = (resource: object, more: object = repository): object => ({
    type: "PUSH_ARTIFACT",
    event_data: { resources: [resource, { tag: "other" }], repository: more },
  });

  it.each([
    { url: "harbor.example.com/team/app:1", host: "harbor.example.com" },
    { url: "https://harbor.example.com:8443/team/app:1", host: "harbor.example.com:8443" },
    { url: `10.0.0.1/team/app@${DIGEST}`, host: "10.0.0.1" },
    { url: undefined, host: "harbor" },
  ])("at $url is $host", ({ url, host }) => {
    expect(readPayload("harbor", payloadOf({ tag: "1", resource_url: url }))).toEqual({
      registry: host,
      repository: "team/app",
      tag: "1",
    });
  });

  it.each([
    { more: { namespace: "team", name: "app" }, name: "team/app" },
    { more: { repo_full_name: "a/b/c", namespace: "x", name: "y" }, name: "a/b/c" },
    { more: { name: "app" }, name: "app" },
  ])("names $name", ({ more, name }) => {
    const payload = payloadOf({ tag: "1", digest: DIGEST }, more);
    expect(readPayload("harbor", payload)).toMatchObject({ repository: name, digest: DIGEST });
  });

  it.each(["DELETE_ARTIFACT", "PULL_ARTIFACT", "SCANNING_COMPLETED", ""])("refuses %j", (type) => {
    expect(readPayload("harbor", { ...payloadOf({ tag: "1" }), type })).toBe("unsupported-event");
  });

  it.each([
    { payload: payloadOf({ digest: DIGEST }) },
    { payload: payloadOf({ tag: "1" }, {}) },
    { payload: { type: "PUSH_ARTIFACT", event_data: { resources: [], repository } } },
    { payload: { type: "PUSH_ARTIFACT", event_data: {} } },
    { payload: { type: "PUSH_ARTIFACT" } },
  ])("refuses $payload", ({ payload }) => {
    expect(readPayload("harbor", payload)).toBe("missing-field");
  });
});

describe("Azure", () => {
  const target = { repository: "team/app", tag: "1", digest: DIGEST };
  const request = { host: "example.azurecr.io" };

  it("tells of a push by digest", () => {
    const payload = { action: "push", target: { ...target, tag: "" }, request };
    expect(readPayload("acr", payload)).toEqual({
      registry: "example.azurecr.io",
      repository: "team/app",
      digest: DIGEST,
    });
  });

  it.each(["delete", "chart_push", "quarantine", "ping", ""])("refuses %j", (action) => {
    expect(readPayload("acr", { action, target, request })).toBe("unsupported-event");
  });

  it.each([
    { action: "push", target, request: {} },
    { action: "push", target },
    { action: "push", target: { tag: "1" }, request },
    { action: "push", request },
  ])("refuses %j", (payload) => {
    expect(readPayload("acr", payload)).toBe("missing-field");
  });
});

describe("Alibaba Cloud", () => {
  const repository = { repo_full_name: "ns/app", region: "cn-beijing" };
  const payload = { push_data: { tag: "1" }, repository };

  it.each([
    { query: {}, host: "registry.cn-beijing.aliyuncs.com" },
    { query: { registry_url: "" }, host: "registry.cn-beijing.aliyuncs.com" },
    { query: { registry_url: "cr.example.com" }, host: "cr.example.com" },
    {
      query: { registry_url: ["https://Acme-registry-vpc.cn-beijing.cr.aliyuncs.com/"] },
      host: "acme-registry-vpc.cn-beijing.cr.aliyuncs.com",
    },
  ])("with $query is $host", ({ query, host }) => {
    expect(readPayload("aliyun-acr", payload, { query })).toEqual({
      registry: host,
      repository: "ns/app",
      tag: "1",
    });
  });

  it("needs the URL's registry_url where the payload has no region", () => {
    const foreign = { push_data: { tag: "1" }, repository: { namespace: "ns", name: "app" } };
    expect(readPayload("aliyun-acr", foreign)).toBe("missing-field");
    const query = { registry_url: "cr.example.com" };
    expect(readPayload("aliyun-acr", foreign, { query })).toMatchObject({ repository: "ns/app" });
  });

  it.each([
    { push_data: {}, repository },
    { push_data: { tag: "1" }, repository: { region: "cn-beijing" } },
    { push_data: { tag: "1" } },
  ])("refuses %j", (other) => {
    expect(readPayload("aliyun-acr", other)).toBe("missing-field");
  });
});
