import { formatPlan } from "@image-updater/core";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemoryLogger, inMemorySecrets } from "@image-updater/core/testing";
import { startOciRegistry, type OciTestServer } from "@image-updater/registry-oci/testing";
import { startGitServer, type GitTestServer } from "@image-updater/writeback-git/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pushImage } from "../skopeo.js";
import { startDockerRegistry, type DockerRegistry } from "../start-docker-registry.js";
import {
  applicationManifest,
  readManifest,
  type ApplicationManifest,
} from "./support/application-manifest.js";
import { composeUpdater, registriesConf, type UpdaterParts } from "./support/compose-updater.js";
import { overrideFile } from "./support/override-file.js";
import { hasRealRegistry } from "./support/real-registry.js";
import { chartFiles } from "./support/render-helm.js";
import { countCommits, runFlow } from "./support/run-flow.js";

const USER = { username: "robot", password: "docker-password" };
const WRONG = "not-the-password";
const GIT_USER = { username: "updater", password: "git-password" };

/** `robot:docker-password` in the form that docker-registry reads. */
const HTPASSWD = "robot:$2b$04$abcdefghijklmnopqrstuuXSKA.qiX3lhFzrSwB84H/GiLyRLR1LO\n";

let registry: OciTestServer;
let git: GitTestServer;

beforeAll(async () => {
  const images = ["1.0.0", "1.1.0"].map((tag) => ({ tag }));
  [registry, git] = await Promise.all([
    startOciRegistry({ fixture: { "team/app": images }, auth: USER }),
    startGitServer({ auth: GIT_USER }),
  ]);
});

afterAll(async () => {
  await Promise.all([registry?.close(), git?.close()]);
});

/** The secrets of the cluster, for a registry. */
function secretsFor(host: string) {
  const dockerConfig = (password: string): string => {
    const auth = Buffer.from(`${USER.username}:${password}`).toString("base64");
    return JSON.stringify({ auths: { "other.example.com": { auth: "eDp5" }, [host]: { auth } } });
  };
  const secret = (name: string, data: Readonly<Record<string, string>>, namespace = "argocd") => ({
    namespace,
    name,
    data,
  });
  return inMemorySecrets([
    secret("pull", { ".dockerconfigjson": dockerConfig(USER.password) }),
    secret("wrong", { ".dockerconfigjson": dockerConfig(WRONG) }),
    secret("token", { creds: "no-colon" }),
    secret("plain", { creds: `${USER.username}:${USER.password}` }),
    secret("pull", { ".dockerconfigjson": dockerConfig(USER.password) }, "team-b"),
  ]);
}

async function stage(
  name: string,
  host: string,
  annotations: Readonly<Record<string, string>> = {},
) {
  const image = `${host}/team/app`;
  const { url } = await git.createRepository(name, {
    branches: {
      main: chartFiles(".", `image: { name: ${image}, tag: 1.0.0 }\n`, [
        "{{ .Values.image.name }}:{{ .Values.image.tag }}",
      ]),
    },
  });
  return applicationManifest({
    name,
    repositoryUrl: url,
    running: [`${image}:1.0.0`],
    annotations: { "image-list": `app=${image}`, ...annotations },
  });
}

function updater(server: { readonly url: string; readonly host: string }, parts: PrivateParts) {
  const { reference, environment, ...rest } = parts;
  return composeUpdater({
    registriesConf: registriesConf({ url: server.url, credentials: reference }),
    credentials: { secrets: secretsFor(server.host), environment: environment ?? {} },
    git: { kind: "basic", ...GIT_USER },
    ...rest,
  });
}

type PrivateParts = Pick<UpdaterParts, "git" | "settings"> & {
  /** `credentials` of `registries.conf`. */
  readonly reference?: string | undefined;
  readonly environment?: Readonly<Record<string, string>>;
};

/** The ways to say which credentials the registry wants. */
const WAYS: readonly {
  readonly way: string;
  readonly reference?: string | undefined;
  readonly annotations: Readonly<Record<string, string>>;
}[] = [
  { way: "pull-secret", annotations: { "app.pull-secret": "pullsecret:argocd/pull" } },
  { way: "env", reference: "env:REGISTRY_CREDENTIALS", annotations: {} },
  { way: "secret", reference: "secret:argocd/plain#creds", annotations: {} },
  { way: "pullsecret", reference: "pullsecret:argocd/pull", annotations: {} },
  {
    way: "own-secret",
    // The image's own credentials win over the registry's.
    reference: "pullsecret:argocd/wrong",
    annotations: { "pull-secret": "secret:argocd/plain#creds" },
  },
];

const environment = { REGISTRY_CREDENTIALS: `${USER.username}:${USER.password}` };

describe.concurrent("a private registry with a token server, and a private repository", () => {
  it.each(WAYS)("are read and written with credentials by $way", async (given) => {
    const { way, reference, annotations } = given;
    const manifest = await stage(way, registry.host, annotations);

    await runFlow(updater(registry, { environment, reference }), git, [manifest]);

    expect(await git.readFile(way, "main", `.argocd-source-${way}.yaml`)).toBe(
      overrideFile({ "image.name": `${registry.host}/team/app`, "image.tag": "1.1.0" }),
    );
    expect(git.requests.some(({ authorized }) => authorized)).toBe(true);
  });

  it.each([
    { name: "none", says: /401/ },
    { name: "wrong", reference: "pullsecret:argocd/wrong", says: /refused the credentials/ },
    { name: "unset", reference: "env:NOT_SET", says: /env:NOT_SET/ },
    { name: "missing", reference: "secret:argocd/gone#creds", says: /argocd\/gone/ },
    { name: "malformed", reference: "secret:argocd/token#creds", says: /argocd\/token#creds/ },
  ])("give the image's error without registry credentials: $name", async (given) => {
    const { name, reference, says } = given;
    const manifest = await stage(`without-${name}`, registry.host);

    const report = await updater(registry, { reference }).run([readManifest(manifest)]);

    expect(report.applications[0]?.images[0]?.decision.reason).toMatchObject({
      code: "facts-failed",
      error: {
        name: "RegistryError",
        code: "unauthorized",
        message: expect.stringMatching(says),
      },
    });
    expect(report.counters.errors).toBe(1);
    expect(await countCommits(git, [manifest])).toBe(1);
  });

  it("are not reached with a pull secret of another namespace", async () => {
    const manifest = await stage("foreign", registry.host, {
      "app.pull-secret": "pullsecret:team-b/pull",
    });
    expect(() => readManifest(manifest)).toThrow(/team-b.*argocd/su);
  });

  it.each([
    { name: "none", credential: { kind: "anonymous" } },
    { name: "wrong", credential: { kind: "basic", username: "updater", password: WRONG } },
  ] as const)("are not written with Git credentials: $name", async (given) => {
    const manifest = await stage(`git-${given.name}`, registry.host);
    const parts = { reference: "env:REGISTRY_CREDENTIALS", environment, git: given.credential };

    const report = await updater(registry, parts).run([readManifest(manifest)]);

    expect(report.applications).toMatchObject([
      { write: { kind: "failed", error: { name: "WriteBackError", code: "unauthorized" } } },
    ]);
    expect(await countCommits(git, [manifest])).toBe(1);
  });

  it("leave no secret in plans, reports, logs and commits", async () => {
    const logger = createMemoryLogger();
    const settings = { logger };
    const fine = { reference: "env:REGISTRY_CREDENTIALS", environment, settings };
    const manifest = await stage("secrets", registry.host);
    const lost = await stage("secrets-lost", registry.host);
    const wrongGit = { kind: "basic", username: "updater", password: WRONG } as const;

    const plan = await updater(registry, fine).plan([readManifest(manifest)]);
    const reports = [
      await updater(registry, fine).apply(plan),
      await updater(registry, { reference: "pullsecret:argocd/wrong", settings }).run([
        readManifest(lost),
      ]),
      await updater(registry, { ...fine, git: wrongGit }).run([readManifest(lost)]),
    ];

    const log = await git.log("secrets", "main");
    const everything = JSON.stringify([plan, reports, logger.entries, log]);
    const base64 = (text: string): string => Buffer.from(text).toString("base64");
    for (const secret of [USER.password, GIT_USER.password, WRONG]) {
      expect(everything).not.toContain(secret);
      expect(everything).not.toContain(base64(`${USER.username}:${secret}`));
    }
  });

  it("may have the credentials in the repository's URL, which nobody gets to see", async () => {
    const logger = createMemoryLogger();
    const parts = {
      reference: "env:REGISTRY_CREDENTIALS",
      environment,
      git: { kind: "anonymous" },
      settings: { logger },
    } as const;
    const withUser = (url: string): string =>
      url.replace("://", `://${GIT_USER.username}:${GIT_USER.password}@`);
    const manifest = await stage("in-url", registry.host);
    const lost = withSource(manifest, `${withUser(git.url)}/no-such.git`);
    const found = withSource(manifest, withUser(manifest.spec.source.repoURL));

    const plan = await updater(registry, parts).plan([readManifest(found), readManifest(lost)]);
    const report = await updater(registry, parts).run([readManifest(found), readManifest(lost)]);

    expect(report.applications).toMatchObject([
      { write: { kind: "written" } },
      { write: { kind: "failed", error: { code: "not-found" } } },
    ]);
    const shown = `${formatPlan(plan)}${JSON.stringify([report, logger.entries])}`;
    expect(shown).toContain("no-such.git");
    expect(shown).not.toContain(GIT_USER.password);
  });
});

function withSource(manifest: ApplicationManifest, repoURL: string): ApplicationManifest {
  return {
    ...manifest,
    spec: { ...manifest.spec, source: { ...manifest.spec.source, repoURL } },
  };
}

describe.skipIf(!hasRealRegistry).concurrent("docker-registry with passwords", () => {
  let folder: string;
  let open: DockerRegistry;
  let guarded: DockerRegistry;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "private-registry-"));
    await writeFile(join(folder, "htpasswd"), HTPASSWD);
    const storage = { filesystem: { rootdirectory: join(folder, "storage") } };
    const auth = { htpasswd: { realm: "test", path: join(folder, "htpasswd") } };
    // Pushes go past the guard, into the same storage.
    [open, guarded] = await Promise.all([
      startDockerRegistry({ storage }),
      startDockerRegistry({ storage, auth }),
    ]);
    const push = (tag: string): Promise<string> =>
      pushImage({
        host: open.host,
        repository: "team/app",
        tag,
        created: `2024-01-0${tag[2]}T00:00:00Z`,
      });
    await Promise.all(["1.1.0", "1.2.0"].map(push));
  });

  afterAll(async () => {
    await Promise.all([open?.close(), guarded?.close()]);
    await rm(folder, { recursive: true, force: true });
  });

  it.each(WAYS)("is read with credentials by $way", async (given) => {
    const { way, reference, annotations } = given;
    const name = `guarded-${way}`;
    const strategy = { "update-strategy": "newest-build" };
    const manifest = await stage(name, guarded.host, { ...strategy, ...annotations });

    await runFlow(updater(guarded, { environment, reference }), git, [manifest]);

    expect(await git.readFile(name, "main", `.argocd-source-${name}.yaml`)).toBe(
      overrideFile({ "image.name": `${guarded.host}/team/app`, "image.tag": "1.2.0" }),
    );
  });

  it("does not answer without them", async () => {
    const manifest = await stage("guarded-closed", guarded.host);

    const report = await updater(guarded, {}).run([readManifest(manifest)]);

    expect(report.applications[0]?.images[0]?.decision.reason).toMatchObject({
      code: "facts-failed",
      error: { code: "unauthorized" },
    });
    expect(await countCommits(git, [manifest])).toBe(1);
  });
});
