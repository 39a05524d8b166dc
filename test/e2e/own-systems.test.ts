import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startOciRegistry, type OciTestServer } from "@image-updater/registry-oci/testing";
import { startGitServer, type GitTestServer } from "@image-updater/writeback-git/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dump } from "js-yaml";
import { applicationManifest, type ApplicationManifest } from "./support/application-manifest.js";
import { sync } from "./support/argo-cd.js";
import { registriesConf } from "./support/compose-updater.js";
import { overrideFile } from "./support/override-file.js";
import { chartFiles } from "./support/render-helm.js";
import { runDemo, type DemoOutcome } from "./support/run-demo.js";

const PASSWORDS = { registry: "only-the-registry-knows", git: "only-git-knows" };
const ENVIRONMENT = {
  GIT_USERNAME: "updater",
  GIT_PASSWORD: PASSWORDS.git,
  REGISTRY_CREDENTIALS: `robot:${PASSWORDS.registry}`,
};

// Each test has a repository of its own, and waits for other processes most of the time.
describe.concurrent("the demo on the reader's own systems", () => {
  let registry: OciTestServer;
  let git: GitTestServer;
  let folder: string;
  let conf: string;
  let manifestFiles = 0;

  beforeAll(async () => {
    const fixture = { "team/app": ["1.0.0", "1.1.0"].map((tag) => ({ tag })) };
    [registry, git, folder] = await Promise.all([
      startOciRegistry({ fixture, auth: { username: "robot", password: PASSWORDS.registry } }),
      startGitServer({ auth: { username: "updater", password: PASSWORDS.git } }),
      mkdtemp(join(tmpdir(), "own-systems-")),
    ]);
    const credentials = "env:REGISTRY_CREDENTIALS";
    conf = await file("registries.conf", registriesConf({ url: registry.url, credentials }));
  });

  afterAll(async () => {
    await Promise.all([registry?.close(), git?.close()]);
    await rm(folder, { recursive: true, force: true });
  });

  async function file(name: string, content: string): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  }

  function manifestFile(...manifests: readonly object[]): Promise<string> {
    manifestFiles += 1;
    const documents = manifests.map((manifest) => dump(manifest));
    return file(`applications-${manifestFiles}.yaml`, documents.join("---\n"));
  }

  async function application(name: string): Promise<ApplicationManifest> {
    const image = `${registry.host}/team/app`;
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
      annotations: { "image-list": `app=${image}` },
    });
  }

  function written(): string {
    return overrideFile({ "image.name": `${registry.host}/team/app`, "image.tag": "1.1.0" });
  }

  function expectNoSecret({ stdout, stderr }: DemoOutcome): void {
    for (const password of Object.values(PASSWORDS)) {
      expect(stdout + stderr).not.toContain(password);
    }
  }

  it("shows the plan and writes nothing, until it is told to", async () => {
    const manifest = await application("steps");
    const path = await manifestFile(manifest);
    const args = ["--application", path, "--registries-conf", conf, "--allow-http"];

    const planned = await runDemo(args, ENVIRONMENT);
    expect(planned).toMatchObject({ code: 0, stderr: "" });
    expect(planned.stdout).toContain("+++ b/.argocd-source-steps.yaml");
    expect(planned.stdout).toContain("+    value: 1.1.0");
    expect(planned.stdout).toContain("Nothing was written; add --apply to write.");
    expect(await git.log("steps", "main")).toHaveLength(1);

    const applied = await runDemo([...args, "--apply"], ENVIRONMENT);
    expect(applied).toMatchObject({ code: 0, stderr: "" });
    expect(applied.stdout).toContain(
      "Processing results: applications=1 images_considered=1 images_skipped=0 images_updated=1 errors=0",
    );
    expect(await git.readFile("steps", "main", ".argocd-source-steps.yaml")).toBe(written());
    expect(await git.log("steps", "main")).toHaveLength(2);

    const synced = await manifestFile(await sync(git, manifest));
    const again = await runDemo(
      ["--application", synced, "--registries-conf", conf, "--allow-http", "--apply"],
      ENVIRONMENT,
    );
    expect(again.code).toBe(0);
    expect(again.stdout).toContain("images_updated=0 errors=0");
    expect(await git.log("steps", "main")).toHaveLength(2);
    for (const outcome of [planned, applied, again]) expectNoSecret(outcome);
  });

  it("takes what the command line does not say from the environment", async () => {
    const path = await manifestFile(await application("environment"));

    const outcome = await runDemo([], {
      ...ENVIRONMENT,
      DEMO_APPLICATION: path,
      DEMO_REGISTRIES_CONF: conf,
      DEMO_ALLOW_HTTP: "true",
      DEMO_APPLY: "true",
    });

    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    expect(await git.readFile("environment", "main", ".argocd-source-environment.yaml")).toBe(
      written(),
    );
  });

  it("updates all Applications of all files, and leaves other resources alone", async () => {
    const [one, two, three] = await Promise.all(["one", "two", "three"].map(application));
    if (one === undefined || two === undefined || three === undefined) throw new Error("none");
    const unmanaged = { ...one, metadata: { name: "unmanaged", namespace: "argocd" } };
    const first = await manifestFile(one, unmanaged, two);
    const second = await manifestFile(three);

    const files = ["--application", first, "--application", second];
    const outcome = await runDemo(
      [...files, "--registries-conf", conf, "--allow-http", "--apply"],
      ENVIRONMENT,
    );

    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    for (const name of ["one", "two", "three"]) {
      expect(await git.readFile(name, "main", `.argocd-source-${name}.yaml`)).toBe(written());
    }
  });

  it("logs each rejected tag when it is asked to", async () => {
    const path = await manifestFile(await application("debug"));
    const outcome = await runDemo(
      ["--application", path, "--registries-conf", conf, "--allow-http", "--debug"],
      ENVIRONMENT,
    );
    expect(outcome.stdout).toMatch(/level=debug msg="Tag 1\.0\.0 rejected/u);
  });

  it.each([
    { name: "plain-http", args: ["--apply"], environment: {}, says: /plain http/ },
    {
      name: "git-password",
      args: ["--allow-http", "--apply"],
      environment: { GIT_PASSWORD: "wrong" },
      says: /the credentials were refused/,
    },
    {
      name: "registry-password",
      args: ["--allow-http", "--apply"],
      environment: { REGISTRY_CREDENTIALS: "robot:wrong" },
      says: /refused the credentials/,
    },
    {
      name: "registry-password-of-a-plan",
      args: ["--allow-http"],
      environment: { REGISTRY_CREDENTIALS: "robot:wrong" },
      says: /refused the credentials/,
    },
  ])("ends with 1 and says why: $name", async ({ name, args, environment, says }) => {
    const path = await manifestFile(await application(name));

    const outcome = await runDemo(["--application", path, "--registries-conf", conf, ...args], {
      ...ENVIRONMENT,
      ...environment,
    });

    expect(outcome.code).toBe(1);
    expect(outcome.stdout + outcome.stderr).toMatch(says);
    expectNoSecret(outcome);
    expect(await git.log(name, "main")).toHaveLength(1);
  });

  it.each([
    {
      name: "a wrong registries.conf",
      text: "registries:\n- name: a\n  url: http://localhost\n",
      option: "--registries-conf",
      says: [/registries\[0\]\.url/, /registries\[0\]\.api_url/],
    },
    {
      name: "no Application",
      text: "kind: ConfigMap\nmetadata: { name: a }\n",
      option: "--application",
      says: [/no Application/],
    },
    {
      name: "a file that is not YAML",
      text: "a: [\n",
      option: "--application",
      says: [/wrong-input/],
    },
  ])("ends with 1 and names the place for $name", async ({ text, option, says }) => {
    const wrong = await file(`wrong-input-${text.length}`, text);
    const path = await manifestFile(await application(`wrong-${text.length}`));
    const right = option === "--application" ? [] : ["--application", path];

    const outcome = await runDemo([...right, option, wrong, "--allow-http"], ENVIRONMENT);

    expect(outcome.code).toBe(1);
    for (const each of says) expect(outcome.stderr).toMatch(each);
    // A person's slip is not a crash.
    expect(outcome.stderr).not.toMatch(/^\s+at /mu);
  });

  it("ends with 1 for a file that is not there, or an option that is none", async () => {
    const missing = await runDemo(["--application", join(folder, "missing.yaml")]);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain("missing.yaml");
    const unknown = await runDemo(["--aply"]);
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toContain("--aply");
    for (const { stderr } of [missing, unknown]) expect(stderr).not.toMatch(/^\s+at /mu);
  });
});

describe("the demo without arguments", () => {
  it("brings all it needs, and proves that the second cycle is up to date", async () => {
    const outcome = await runDemo([]);
    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    expect(outcome.stdout).toContain("build: automatic update of gitops-demo");
    expect(outcome.stdout).toContain("updates image demo/echo-server tag 'v1.0' to 'v2.0'");
    expect(outcome.stdout.trimEnd().split("\n").at(-1)).toBe("Everything is up to date.");
  });
});
