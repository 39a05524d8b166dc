import { createHmac } from "node:crypto";
import { parseWebhook } from "../../src/webhooks/parse-webhook.js";
import type { WebhookKind } from "../../src/webhooks/webhook-kind.js";
import type { WebhookRequest } from "../../src/webhooks/webhook-request.js";
import type { PushEvent, WebhookResult } from "../../src/webhooks/webhook-result.js";

export const SECRET = "correct horse";
export const DIGEST = `sha256:${"4f".repeat(32)}`;

/** A webhook as its sender sends it, and what it says. */
export interface SampleWebhook {
  readonly headers: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly payload: object;
  readonly event: PushEvent;
  /** The same with the proof of {@link SECRET}, over the given body. */
  readonly prove: (body: string) => {
    readonly headers?: Readonly<Record<string, string>>;
    readonly query?: Readonly<Record<string, string>>;
  };
}

const JSON_HEADERS = { "content-type": "application/json" };
const inQuery = (): { readonly query: Readonly<Record<string, string>> } => ({
  query: { secret: SECRET },
});

export const SAMPLES: Readonly<Record<WebhookKind, SampleWebhook>> = {
  "docker.io": {
    headers: JSON_HEADERS,
    payload: {
      callback_url: "https://registry.hub.docker.com/u/svendowideit/testhook/hook/2141b5bi5i5b02/",
      push_data: {
        pushed_at: 1417566161,
        pusher: "trustedbuilder",
        tag: "1.2.3",
        media_type: "application/vnd.oci.image.index.v1+json",
        images: [],
      },
      repository: {
        comment_count: 0,
        is_official: false,
        name: "testhook",
        namespace: "svendowideit",
        owner: "svendowideit",
        repo_name: "svendowideit/testhook",
        repo_url: "https://registry.hub.docker.com/u/svendowideit/testhook/",
        status: "Active",
      },
    },
    event: {
      kind: "docker.io",
      registry: "docker.io",
      repository: "svendowideit/testhook",
      tag: "1.2.3",
    },
    prove: inQuery,
  },
  "ghcr.io": {
    headers: { ...JSON_HEADERS, "X-GitHub-Event": "package", "X-GitHub-Delivery": "72d3162e" },
    payload: {
      action: "published",
      package: {
        id: 10696,
        name: "Hello-World",
        namespace: "Codertocat/Hello-World",
        ecosystem: "CONTAINER",
        package_type: "CONTAINER",
        owner: { login: "Codertocat", type: "User" },
        package_version: {
          id: 21312,
          version: `sha256:${"0b".repeat(32)}`,
          name: `sha256:${"0b".repeat(32)}`,
          created_at: "0001-01-01T00:00:00Z",
          metadata: [],
          container_metadata: {
            tag: { name: "1.2.3", digest: DIGEST },
            labels: {},
            manifest: { digest: DIGEST, media_type: "application/json", size: 1 },
          },
          package_url: "ghcr.io/Codertocat/Hello-World:1.2.3",
        },
        registry: { name: "GitHub CONTAINER registry", type: "CONTAINER" },
      },
      repository: { full_name: "Codertocat/Hello-World" },
      sender: { login: "Codertocat" },
    },
    event: {
      kind: "ghcr.io",
      registry: "ghcr.io",
      repository: "codertocat/hello-world",
      tag: "1.2.3",
      digest: DIGEST,
    },
    prove: (body) => ({ headers: { "X-Hub-Signature-256": sign(body, SECRET) } }),
  },
  harbor: {
    headers: { "content-type": "application/json; charset=utf-8" },
    payload: {
      type: "PUSH_ARTIFACT",
      occur_at: 1749023740,
      operator: "robot$ci",
      event_data: {
        resources: [
          { digest: DIGEST, tag: "1.2.3", resource_url: "harbor.example.com/team/app:1.2.3" },
        ],
        repository: {
          date_created: 1693889800,
          name: "app",
          namespace: "team",
          repo_full_name: "team/app",
          repo_type: "private",
        },
      },
    },
    event: {
      kind: "harbor",
      registry: "harbor.example.com",
      repository: "team/app",
      tag: "1.2.3",
      digest: DIGEST,
    },
    prove: () => ({ headers: { Authorization: SECRET } }),
  },
  "quay.io": {
    headers: JSON_HEADERS,
    payload: {
      name: "app",
      repository: "team/app",
      namespace: "team",
      docker_url: "quay.io/team/app",
      homepage: "https://quay.io/repository/team/app",
      updated_tags: ["1.2.3", "latest"],
    },
    event: { kind: "quay.io", registry: "quay.io", repository: "team/app", tag: "1.2.3" },
    prove: inQuery,
  },
  acr: {
    headers: JSON_HEADERS,
    payload: {
      id: "ea889308-3834-4a1d-a631-cadc572dab91",
      timestamp: "2026-06-01T12:22:07.0958813Z",
      action: "push",
      target: {
        mediaType: "application/vnd.docker.distribution.manifest.v2+json",
        size: 524,
        digest: DIGEST,
        length: 524,
        repository: "hello-world",
        tag: "1.2.3",
      },
      request: {
        id: "9ad4af4e",
        host: "example.azurecr.io",
        method: "PUT",
        useragent: "docker/27",
      },
    },
    event: {
      kind: "acr",
      registry: "example.azurecr.io",
      repository: "hello-world",
      tag: "1.2.3",
      digest: DIGEST,
    },
    prove: () => ({ headers: { Authorization: SECRET } }),
  },
  "aliyun-acr": {
    headers: JSON_HEADERS,
    payload: {
      push_data: { digest: DIGEST, pushed_at: "2016-11-29 12:25:46", tag: "latest" },
      repository: {
        date_created: "2016-10-28 21:31:42",
        name: "repoTest",
        namespace: "namespace",
        region: "cn-hangzhou",
        repo_authentication_type: "NO_CERTIFIED",
        repo_full_name: "namespace/repoTest",
        repo_origin_type: "NO_CERTIFIED",
        repo_type: "PUBLIC",
      },
    },
    event: {
      kind: "aliyun-acr",
      registry: "registry.cn-hangzhou.aliyuncs.com",
      repository: "namespace/repoTest",
      tag: "latest",
      digest: DIGEST,
    },
    prove: inQuery,
  },
  cloudevents: {
    headers: { "content-type": "application/cloudevents+json" },
    payload: {
      specversion: "1.0",
      id: "13cde686-328b-6117-af20-0e5566167482",
      type: "com.amazon.ecr.image.push",
      source: "urn:aws:ecr:eu-west-1:123456789012:repository/team/app",
      subject: "team/app:1.2.3",
      time: "2025-11-27T10:00:00Z",
      datacontenttype: "application/json",
      data: {
        repositoryName: "team/app",
        imageDigest: DIGEST,
        imageTag: "1.2.3",
        registryId: "123456789012",
      },
    },
    event: {
      kind: "cloudevents",
      registry: "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
      repository: "team/app",
      tag: "1.2.3",
      digest: DIGEST,
    },
    prove: () => ({ headers: { "X-Webhook-Secret": SECRET } }),
  },
};

/** GitHub's signature, made by another implementation than ours. */
export function sign(body: string | Uint8Array, secret: string): string {
  return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}

/** A request of a kind, with the sample's headers and payload where nothing else is given. */
export function requestOf(
  kind: WebhookKind,
  { payload, headers, ...rest }: Partial<WebhookRequest> & { readonly payload?: unknown } = {},
): WebhookRequest {
  const sample = SAMPLES[kind];
  return {
    body: JSON.stringify(payload ?? sample.payload),
    headers: { ...sample.headers, ...headers },
    ...rest,
  };
}

/** The event of a payload without secret, or the code of its refusal. */
export function readPayload(
  kind: WebhookKind,
  payload: unknown,
  more: Partial<WebhookRequest> = {},
): Omit<PushEvent, "kind"> | string {
  const result = parseWebhook(kind, requestOf(kind, { payload, ...more }));
  if (result.kind === "refused") return result.code;
  const { kind: _kind, ...event } = result.event;
  return event;
}

/** The code of a refusal, or `push`. */
export function codeOf(result: WebhookResult): string {
  return result.kind === "refused" ? result.code : "push";
}
