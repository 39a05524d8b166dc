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
  ecr: {
    headers: JSON_HEADERS,
    payload: {
      version: "0",
      id: "13cde686-328b-6117-af20-0e5566167482",
      "detail-type": "ECR Image Action",
      source: "aws.ecr",
      account: "123456789012",
      time: "2019-11-16T01:54:34Z",
      region: "cn-north-1",
      resources: [],
      detail: {
        result: "SUCCESS",
        "repository-name": "team/app",
        "image-digest": DIGEST,
        "action-type": "PUSH",
        "image-tag": "1.2.3",
      },
    },
    event: {
      kind: "ecr",
      registry: "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn",
      repository: "team/app",
      tag: "1.2.3",
      digest: DIGEST,
    },
    prove: () => ({ headers: { "X-Webhook-Secret": SECRET } }),
  },
  gar: {
    headers: JSON_HEADERS,
    payload: {
      message: {
        data: base64Json({
          action: "INSERT",
          digest: `us-east1-docker.pkg.dev/project/images/app@${DIGEST}`,
          tag: "us-east1-docker.pkg.dev/project/images/app:1.2.3",
        }),
        messageId: "136969346945",
        publishTime: "2026-02-26T19:13:55.749Z",
      },
      subscription: "projects/project/subscriptions/push",
    },
    event: {
      kind: "gar",
      registry: "us-east1-docker.pkg.dev",
      repository: "project/images/app",
      tag: "1.2.3",
      digest: DIGEST,
    },
    prove: inQuery,
  },
  gitlab: {
    headers: { "content-type": "application/vnd.docker.distribution.events.v1+json" },
    payload: { events: [notification("registry.gitlab.example.com", "group/app")] },
    event: {
      kind: "gitlab",
      registry: "registry.gitlab.example.com",
      repository: "group/app",
      tag: "1.2.3",
      digest: DIGEST,
    },
    prove: () => ({ headers: { "X-Gitlab-Token": SECRET } }),
  },
  gitea: {
    headers: { ...JSON_HEADERS, "X-Gitea-Event": "package", "X-Gitea-Delivery": "f6266f16" },
    payload: {
      action: "created",
      repository: null,
      package: {
        id: 1,
        owner: { id: 1, login: "Team", username: "Team" },
        creator: { login: "ci" },
        type: "container",
        name: "app",
        version: "1.2.3",
        html_url: "https://gitea.example.com:3000/Team/-/packages/container/app/1.2.3",
      },
      sender: { login: "ci" },
    },
    event: {
      kind: "gitea",
      registry: "gitea.example.com:3000",
      repository: "team/app",
      tag: "1.2.3",
    },
    prove: (body) => ({ headers: { "X-Gitea-Signature": sign(body, SECRET).slice(7) } }),
  },
  distribution: {
    headers: { "content-type": "application/vnd.docker.distribution.events.v1+json" },
    payload: { events: [notification("registry.example.com:5000", "team/app")] },
    event: {
      kind: "distribution",
      registry: "registry.example.com:5000",
      repository: "team/app",
      tag: "1.2.3",
      digest: DIGEST,
    },
    prove: () => ({
      headers: { Authorization: `Basic ${Buffer.from(`u:${SECRET}`).toString("base64")}` },
    }),
  },
  artifactory: {
    headers: JSON_HEADERS,
    payload: {
      domain: "docker",
      event_type: "pushed",
      data: {
        repo_key: "docker-local",
        path: "team/app/1.2.3/manifest.json",
        name: "manifest.json",
        sha256: DIGEST.slice(7),
        size: 1,
        image_name: "team/app",
        image_type: "docker",
        tag: "1.2.3",
        platforms: [],
      },
      subscription_key: "push",
      jpd_origin: "https://art.example.com/artifactory",
    },
    event: {
      kind: "artifactory",
      registry: "art.example.com",
      repository: "team/app",
      tag: "1.2.3",
      digest: DIGEST,
    },
    prove: (body) => ({ headers: { "X-JFrog-Event-Auth": sign(body, SECRET).slice(7) } }),
  },
  nexus: {
    headers: { ...JSON_HEADERS, "X-Nexus-Webhook-Delivery": "64de3f8f" },
    query: { registry_url: "nexus.example.com:8082" },
    payload: {
      timestamp: "2016-11-14T19:32:13.515+0000",
      nodeId: "7FFA7361-6ED33978",
      initiator: "admin/127.0.0.1",
      repositoryName: "docker-hosted",
      action: "CREATED",
      component: {
        id: "08909bf0c86cf6c9600aade89e1c5e25",
        componentId: "bWF2ZW4",
        format: "docker",
        name: "team/app",
        group: null,
        version: "1.2.3",
      },
    },
    event: {
      kind: "nexus",
      registry: "nexus.example.com:8082",
      repository: "team/app",
      tag: "1.2.3",
    },
    prove: (body) => ({
      headers: {
        "X-Nexus-Webhook-Signature": createHmac("sha1", SECRET).update(body).digest("hex"),
      },
    }),
  },
};

/** A notification of a Distribution registry about the push of a manifest. */
export function notification(host: string, repository: string): Readonly<Record<string, unknown>> {
  return {
    id: "320678d8-ca14-430f-8bb6-4ca139cd83f7",
    timestamp: "2016-03-09T14:44:26.402973972-08:00",
    action: "push",
    target: {
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      size: 708,
      digest: DIGEST,
      length: 708,
      repository,
      url: `https://${host}/v2/${repository}/manifests/${DIGEST}`,
      tag: "1.2.3",
    },
    request: { id: "6df24a34", addr: "192.0.2.1", host, method: "PUT", useragent: "docker/27" },
    actor: {},
    source: { addr: "registry:5000", instanceID: "a53db899" },
  };
}

/** JSON as Pub/Sub carries it. */
export function base64Json(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64");
}

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
    query: { ...sample.query, ...rest.query },
  };
}

/** The event of a payload without secret, or the code of its refusal. */
export function readPayload(
  kind: WebhookKind,
  payload: unknown,
  more: Partial<WebhookRequest> = {},
): Omit<PushEvent, "kind"> | string {
  const result = parseWebhook(kind, requestOf(kind, { payload, ...more }));
  if (result.kind !== "push") return codeOf(result);
  const { kind: _kind, ...event } = result.event;
  return event;
}

/** The code of a refusal, `push` or `answer`. */
export function codeOf(result: WebhookResult): string {
  return result.kind === "refused" ? result.code : result.kind;
}
