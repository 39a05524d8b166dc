import { describe, expect, it } from "vitest";
import { parseWebhook } from "../../src/webhooks/index.js";
import {
  base64Json,
  codeOf,
  DIGEST,
  notification,
  readPayload,
  requestOf,
} from "./sample-webhooks.js";

const NOTICE = { registry: "registry.example.com", repository: "team/app", tag: "1.2.3" };

describe("a notification of Distribution", () => {
  const push = notification("registry.example.com", "team/app");
  const target = (more: object) => ({
    ...push,
    target: { ...(push["target"] as object), ...more },
  });

  it.each([
    { name: "a pull", events: [{ ...push, action: "pull" }] },
    { name: "a deletion", events: [{ action: "delete", target: { repository: "team/app" } }] },
    { name: "a blob", events: [target({ tag: "", mediaType: "application/octet-stream" })] },
    { name: "an event without target", events: [{ action: "push" }] },
  ])("about $name is answered with success, since it would come again", ({ events }) => {
    const result = parseWebhook("distribution", requestOf("distribution", { payload: { events } }));
    expect(result).toMatchObject({ kind: "answer", status: 200 });
  });

  it("may hold several pushes among others", () => {
    const events = [{ ...push, action: "pull" }, push, notification("registry.example.com", "b/c")];
    expect(
      parseWebhook("distribution", requestOf("distribution", { payload: { events } })),
    ).toMatchObject({
      kind: "push",
      event: NOTICE,
      others: [{ repository: "b/c" }],
    });
  });

  it("is of the host in the webhook's URL, of its target, or of its request", () => {
    const query = { registry_url: "https://public.example.com" };
    const none = { events: [target({ url: "" })] };
    expect(readPayload("distribution", { events: [push] }, { query })).toMatchObject({
      registry: "public.example.com",
    });
    expect(readPayload("distribution", none)).toMatchObject(NOTICE);
    const unnamed = { events: [{ ...target({ url: "" }), request: undefined }] };
    expect(readPayload("gitlab", unnamed)).toBe("missing-field");
  });
});

describe("Azure's Event Grid", () => {
  const data = {
    action: "push",
    target: { repository: "team/app", tag: "1.2.3", digest: DIGEST },
    request: { host: "example.azurecr.io" },
  };
  const event = { id: "1", eventType: "Microsoft.ContainerRegistry.ImagePushed", data };
  const pushed = {
    registry: "example.azurecr.io",
    repository: "team/app",
    tag: "1.2.3",
    digest: DIGEST,
  };

  it("tells of pushes in its own schema", () => {
    expect(readPayload("acr", [event])).toEqual(pushed);
    const payload = [{ ...event, eventType: "Microsoft.ContainerRegistry.ImageDeleted" }, event];
    expect(readPayload("acr", payload)).toEqual(pushed);
    expect(readPayload("acr", payload.slice(0, 1))).toBe("answer");
  });

  it.each(["acr", "cloudevents"] as const)("tells of pushes as CloudEvents to %s", (kind) => {
    const payload = {
      specversion: "1.0",
      id: "1",
      type: "Microsoft.ContainerRegistry.ImagePushed",
      source: "/subscriptions/x",
      data,
    };
    expect(readPayload(kind, payload)).toEqual(pushed);
  });
});

describe("Harbor", () => {
  const data = {
    resources: [{ digest: DIGEST, tag: "1.2.3", resource_url: "harbor.example/team/app:1.2.3" }],
    repository: { name: "app", namespace: "team", repo_full_name: "team/app" },
  };
  const cloudEvent = {
    specversion: "1.0",
    id: "66e18103",
    source: "/projects/2/webhook/policies/15",
    type: "harbor.artifact.pushed",
    data,
  };

  it.each(["harbor", "cloudevents"] as const)("sends CloudEvents to %s", (kind) => {
    expect(readPayload(kind, cloudEvent)).toEqual({
      registry: "harbor.example",
      repository: "team/app",
      tag: "1.2.3",
      digest: DIGEST,
    });
  });

  it.each([
    { text: "alpine:3.19", tag: "3.19" },
    { text: "alpine [2 item(s) in total]", tag: undefined },
  ])("tells of what a replication brought: $text", ({ text, tag }) => {
    const replication = {
      harbor_hostname: "harbor.example",
      job_status: "Success",
      dest_resource: {
        registry_type: "harbor",
        endpoint: "https://copy.example",
        namespace: "lib",
      },
      successful_artifact: [{ type: "image", status: "Success", name_tag: text }],
    };
    const event = { registry: "copy.example", repository: "lib/alpine" };
    const wanted = tag === undefined ? event : { ...event, tag };
    const payload = { type: "REPLICATION", event_data: { replication } };
    expect(readPayload("harbor", payload)).toEqual(wanted);
    const type = "harbor.replication.status.changed";
    expect(readPayload("harbor", { ...cloudEvent, type, data: { replication } })).toEqual(wanted);
    const none = { ...replication, successful_artifact: null };
    expect(readPayload("harbor", { ...payload, event_data: { replication: none } })).toBe("answer");
  });
});

describe("Amazon's EventBridge", () => {
  const detail = { "repository-name": "team/app", "image-tag": "1.2.3" };
  const event = { source: "aws.ecr", "detail-type": "ECR Image Action", detail };
  const query = { registry_url: "123456789012.dkr.ecr.eu-west-1.amazonaws.com" };

  it("is of the host in the webhook's URL where it names no account", () => {
    expect(readPayload("ecr", event)).toBe("missing-field");
    expect(readPayload("ecr", event, { query })).toEqual({
      registry: query.registry_url,
      repository: "team/app",
      tag: "1.2.3",
    });
  });

  it.each([
    { ...event, "detail-type": "ECR Image Scan" },
    { ...event, detail: { ...detail, "action-type": "DELETE" } },
    { ...event, detail: { ...detail, result: "FAILURE" } },
  ])("is answered with success for what is not a push: %j", (payload) => {
    expect(readPayload("ecr", payload, { query })).toBe("answer");
  });
});

describe("Google's Pub/Sub", () => {
  const message = (notice: unknown) => ({ message: { data: base64Json(notice), messageId: "1" } });
  const digest = `gcr.io/project/app@${DIGEST}`;

  it("tells of pushes without tag", () => {
    expect(readPayload("gar", message({ action: "INSERT", digest }))).toEqual({
      registry: "gcr.io",
      repository: "project/app",
      digest: DIGEST,
    });
  });

  it("is answered with success for a deletion", () => {
    expect(readPayload("gar", message({ action: "DELETE", digest }))).toBe("answer");
  });

  it.each(["", "%%%", "e30", base64Json([])])("refuses the data %j", (data) => {
    expect(readPayload("gar", { message: { data } })).toBe("missing-field");
  });
});

describe("Gitea", () => {
  const owner = { login: "Team" };
  const payload = (more: object) => ({
    action: "created",
    package: {
      owner,
      type: "container",
      name: "app",
      version: "1.2.3",
      html_url: "https://git.example/team/-/packages/container/app/1.2.3",
      ...more,
    },
  });

  it("tells of untagged versions by their digest", () => {
    expect(readPayload("gitea", payload({ version: DIGEST }))).toEqual({
      registry: "git.example",
      repository: "team/app",
      digest: DIGEST,
    });
  });

  it("refuses other packages and events", () => {
    expect(readPayload("gitea", payload({ type: "npm" }))).toBe("unsupported-event");
    const headers = { "X-Gitea-Event": "push" };
    expect(readPayload("gitea", payload({}), { headers })).toBe("unsupported-event");
  });
});

describe("registries where an image has two names", () => {
  it.each([
    { kind: "nexus", below: "docker-hosted/team/app" },
    { kind: "artifactory", below: "docker-local/team/app" },
  ] as const)("$kind tells of both", ({ kind, below }) => {
    const result = parseWebhook(kind, requestOf(kind));
    expect(result).toMatchObject({
      event: { repository: "team/app" },
      others: [{ repository: below }],
    });
  });

  it("Artifactory may send the secret as it is", () => {
    const headers = { "X-JFrog-Event-Auth": "plain" };
    const request = requestOf("artifactory", { secret: "plain", headers });
    expect(codeOf(parseWebhook("artifactory", request))).toBe("push");
  });
});

describe("GitHub Enterprise", () => {
  it.each([
    { headers: { "X-GitHub-Enterprise-Host": "github.corp.example" }, url: "" },
    { headers: {}, url: "containers.github.corp.example/codertocat/hello-world:1" },
  ])("has a registry of its own: $url", ({ headers, url }) => {
    const version = { package_url: url, container_metadata: { tag: { name: "1" } } };
    const payload = {
      action: "published",
      package: {
        name: "app",
        package_type: "container",
        owner: { login: "team" },
        package_version: version,
      },
    };
    expect(readPayload("ghcr.io", payload, { headers })).toMatchObject({
      registry: "containers.github.corp.example",
    });
  });
});

describe("an Authorization of a sender that knows HTTP's own schemes", () => {
  const secret = "correct horse";
  const code = (header: string): string =>
    codeOf(
      parseWebhook(
        "distribution",
        requestOf("distribution", { secret, headers: { Authorization: header } }),
      ),
    );

  it.each([
    { header: secret, is: "push" },
    { header: `Bearer ${secret}`, is: "push" },
    { header: `basic ${Buffer.from(`user:${secret}`).toString("base64")}`, is: "push" },
    { header: `Basic ${Buffer.from(secret).toString("base64")}`, is: "push" },
    { header: "Basic %%%", is: "unauthorized" },
    { header: "Bearer wrong", is: "unauthorized" },
  ])("$header is $is", ({ header, is }) => {
    expect(code(header)).toBe(is);
  });
});
