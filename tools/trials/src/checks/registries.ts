import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createOciRegistry } from "@image-updater/registry-oci";
import { startOciRegistry } from "@image-updater/registry-oci/testing";
import { createTlsAuthority, startTlsFront } from "@image-updater/writeback-git/testing";
import { parseWebhook, webhookKinds, type WebhookKind } from "@image-updater/core/webhooks";
import { inMemorySecrets } from "@image-updater/core/testing";
import {
  describeDiagnostic,
  parseImageUpdater,
  parseRegistriesConf,
  readApplication,
} from "@image-updater/core";
import { describe, playApplication } from "../play-application.js";
import { fieldsOf, textOf, textsOf, type Checks, type Finding } from "../trial.js";
import { all } from "./lists.js";

/** Trials about registries.conf, credentials, ImageUpdater resources and webhooks. */
export const registryChecks: Checks = {
  async "secret-is-dockerconfig"({ input }): Promise<Finding> {
    const { credentials, value } = fieldsOf(input);
    const reference = textOf(credentials);
    const [namespace = "", rest = ""] = reference.slice("secret:".length).split("/");
    const [name = "", key = ""] = rest.split("#");
    const played = await playApplication({
      annotations: { "image-list": "x=r.example.com/o/x" },
      live: ["r.example.com/o/x:1.0.0"],
      images: { "o/x": ["1.0.0", "1.1.0"] },
      fixed: [{ status: 401, code: "UNAUTHORIZED", challenge: 'Basic realm="r"' }],
      registriesConf: `registries:\n- name: r\n  prefix: r.example.com\n  api_url: {url}\n  credentials: ${reference}\n`,
      secrets: inMemorySecrets([{ namespace, name, data: { [key]: JSON.stringify(value) } }]),
    });
    const said = JSON.stringify([played.plan, played.credentials]);
    const leaked = /auths|OTHERSECRET/u.test(said) || played.credentials.length > 0;
    const told = /pullsecret:/u.test(JSON.stringify(played.plan));
    return { right: !leaked && told, now: describe(played) };
  },
  "cross-namespace"({ input }): Finding {
    const { pullSecret } = fieldsOf(input);
    const { diagnostics, value } = readApplication({
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Application",
      metadata: {
        name: "shop",
        namespace: "argocd",
        annotations: {
          "argocd-image-updater.argoproj.io/image-list": "a=ex.io/o/a",
          "argocd-image-updater.argoproj.io/a.pull-secret": textOf(pullSecret),
        },
      },
      spec: { source: { repoURL: "https://git.example/o/r", path: "k" } },
    });
    const text = `${diagnostics.map(describeDiagnostic).join("; ")} ${value === undefined ? "unreadable" : ""}`;
    return { right: /namespace/u.test(text), now: text };
  },
  async "prefix-typo"({ input }): Promise<Finding> {
    const { prefix, image } = fieldsOf(input);
    const name = textOf(image);
    const played = await playApplication({
      annotations: { "image-list": `x=${name}` },
      live: [`${name}:1.0.0`],
      images: {},
      registriesConf: `registries:\n- name: a\n  prefix: ${textOf(prefix)}\n  api_url: {url}\n`,
    });
    const right = `${JSON.stringify(played.diagnostics)}${JSON.stringify(played.plan)}`.includes(
      `\\"${textOf(prefix)}\\"`,
    );
    return { right, now: describe(played) };
  },
  async "ca-garbage"({ input }): Promise<Finding> {
    const { ca_data: data } = fieldsOf(input);
    const conf = `registries:\n- name: r\n  prefix: r.example.com\n  api_url: https://r.example.com\n  ca_data: ${textOf(data)}\n`;
    const { diagnostics } = parseRegistriesConf(conf);
    return {
      right: diagnostics.some(({ message, where }) => /ca_data/u.test(`${where.field} ${message}`)),
      now: diagnostics.map(describeDiagnostic).join("; ") || "no diagnostic",
    };
  },
  async "ca-discovery"(): Promise<Finding> {
    const authority = await createTlsAuthority();
    const folder = await mkdtemp(join(tmpdir(), "trial-certificates-"));
    const registry = await startOciRegistry({ fixture: { "o/x": [{ tag: "1" }] } });
    const front = await startTlsFront(registry.url, await authority.issue());
    try {
      await writeFile(join(folder, "localhost"), authority.certificate);
      const client = createOciRegistry({
        registriesConf: [],
        retries: 0,
        certificatesFolder: folder,
      });
      const tags = await client.listTags({
        host: new URL(front.url).host,
        path: "o/x",
        apiUrl: front.url,
      });
      return { right: tags.includes("1"), now: `trusted, ${tags.length} tags` };
    } finally {
      await Promise.all([front.close(), registry.close(), authority.close()]);
      await rm(folder, { recursive: true });
    }
  },
  async "api-url-v2"(): Promise<Finding> {
    const played = await playApplication({
      annotations: { "image-list": "x=r.example.com/o/x" },
      live: ["r.example.com/o/x:1.0.0"],
      images: { "o/x": ["1.0.0", "1.1.0"] },
      registriesConf: "registries:\n- name: r\n  prefix: r.example.com\n  api_url: {url}/v2\n",
    });
    const isSaid = played.diagnostics.some(({ message }) => message.includes("/v2"));
    return { right: played.image?.decision.tag === "1.1.0" || isSaid, now: describe(played) };
  },
  async "http-registry"(): Promise<Finding> {
    const played = await playApplication({
      annotations: { "image-list": "x=r.example.com/o/x" },
      live: ["r.example.com/o/x:1.0.0"],
      images: { "o/x": ["1.0.0"] },
      // The same server, spoken to as if it did TLS.
      registriesConf: "registries:\n- name: r\n  prefix: r.example.com\n  api_url: {https}\n",
    });
    const reason = JSON.stringify(played.image?.decision.reason);
    return { right: reason.includes("http://"), now: reason };
  },
  "cr-images-top"(): Finding {
    const { diagnostics } = parseImageUpdater({
      apiVersion: "argocd-image-updater.argoproj.io/v1alpha1",
      kind: "ImageUpdater",
      metadata: { name: "u", namespace: "argocd" },
      spec: { images: [], applicationRefs: [{ namePattern: "*" }] },
    });
    const text = diagnostics.map(describeDiagnostic).join("; ");
    return { right: /images/u.test(text), now: text };
  },
  "hook-gitlab"({ input }): Finding {
    return taken(fieldsOf(input));
  },
  "hook-ecr"({ input }): Finding {
    return taken(fieldsOf(input));
  },
  "hook-harbor-cloudevents"({ input }): Finding {
    return taken({
      ...fieldsOf(input),
      id: "1",
      source: "/projects/1/webhook/policies/1",
      data: {
        resources: [
          {
            digest: `sha256:${"a".repeat(64)}`,
            tag: "1.0",
            resource_url: "harbor.example/team/app:1.0",
          },
        ],
        repository: {
          name: "app",
          namespace: "team",
          repo_full_name: "team/app",
          repo_type: "private",
        },
      },
    });
  },
  "hook-others"({ input }): Finding {
    const senders = textsOf(fieldsOf(input)["senders"]);
    const kinds = webhookKinds.join(" ");
    const words: Readonly<Record<string, RegExp>> = {
      artifactory: /artifactory/u,
      gitea: /gitea/u,
      "GAR Pub/Sub": /pubsub|gar|google/u,
      nexus: /nexus/u,
    };
    return all(
      senders.map((sender) => ({
        right: words[sender]?.test(kinds) === true,
        now: `${sender}: ${kinds}`,
      })),
    );
  },
};

/** Whether any kind of sender is known whose payload this is. */
function taken(body: Readonly<Record<string, unknown>>): Finding {
  const results = webhookKinds.map((kind: WebhookKind) => {
    const result = parseWebhook(kind, {
      headers: { "content-type": "application/json" },
      body: new TextEncoder().encode(JSON.stringify(body)),
      query: { registry_url: "registry.example" },
    });
    return { kind, result };
  });
  const found = results.find(({ result }) => result.kind === "push");
  return {
    right: found !== undefined,
    now: found === undefined ? "refused by all" : `taken as ${found.kind}`,
  };
}
