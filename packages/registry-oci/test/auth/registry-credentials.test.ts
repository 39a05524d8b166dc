import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CredentialError, parseCredentialReference } from "@image-updater/core";
import type {
  Credential,
  CredentialReference,
  RegistryConfig,
  Repository,
  SecretReader,
} from "@image-updater/core";
import { inMemorySecrets } from "@image-updater/core/testing";
import { registryCredentials } from "@image-updater/registry-oci";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createJumpingClock } from "../support/jumping-clock.js";

const repository: Repository = { host: "ghcr.io", path: "team/app", apiUrl: "https://ghcr.io" };
const user: Credential = { kind: "basic", username: "foo", password: "b:ar" };

function auths(entries: Record<string, object>): string {
  return JSON.stringify({ auths: entries });
}

const auth = Buffer.from("foo:b:ar").toString("base64");

const secrets = inMemorySecrets([
  { namespace: "ns", name: "user", data: { creds: "foo:b:ar\n", broken: "s3cret" } },
  { namespace: "ns", name: "pull", data: { ".dockerconfigjson": auths({ "ghcr.io": { auth } }) } },
  {
    namespace: "ns",
    name: "path",
    data: { ".dockerconfigjson": auths({ "ghcr.io/team": { auth } }) },
  },
  {
    namespace: "ns",
    name: "hub",
    data: { ".dockerconfigjson": auths({ "https://index.docker.io/v1/": { auth } }) },
  },
  {
    namespace: "ns",
    name: "identity",
    data: { ".dockerconfigjson": auths({ "ghcr.io": { identitytoken: "refresh" } }) },
  },
  {
    namespace: "ns",
    name: "registry",
    data: { ".dockerconfigjson": auths({ "ghcr.io": { registrytoken: "bearer" } }) },
  },
  {
    namespace: "ns",
    name: "other",
    data: { ".dockerconfigjson": auths({ "ghcr.io.evil.test": { auth } }) },
  },
  {
    namespace: "ns",
    name: "bad",
    data: { ".dockerconfigjson": auths({ "ghcr.io": { auth: "s3cret!" } }) },
  },
  { namespace: "ns", name: "garbage", data: { ".dockerconfigjson": "s3cret" } },
  { namespace: "ns", name: "opaque", data: { other: "s3cret" } },
]);

const environment = { CREDS: "foo:b:ar", BROKEN: "s3cret", EMPTY: "" };

function reference(text: string): CredentialReference {
  const { value } = parseCredentialReference(text);
  if (value === undefined) throw new Error(`no reference: ${text}`);
  return value;
}

function registry(fields: Partial<RegistryConfig>): RegistryConfig {
  const defaults = { tagSortMode: "unsorted", insecure: false, isDefault: false } as const;
  return { name: "r", apiUrl: "https://ghcr.io", prefix: "ghcr.io", ...defaults, ...fields };
}

async function credentialErrorOf(promise: Promise<unknown>): Promise<CredentialError> {
  const outcome: unknown = await promise.catch((error: unknown) => error);
  if (CredentialError.is(outcome)) return outcome;
  throw new Error(`no CredentialError: ${String(outcome)}`);
}

let folder = "";

async function script(name: string, body: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "registry-oci-"));
});

afterAll(() => rm(folder, { recursive: true }));

describe("an image's own reference", () => {
  it.each([
    ["secret:ns/user#creds", user],
    ["pullsecret:ns/pull", user],
    ["pullsecret:ns/path", user],
    ["pullsecret:ns/identity", { kind: "identity-token", token: "refresh" }],
    ["pullsecret:ns/registry", { kind: "bearer", token: "bearer" }],
    ["env:CREDS", user],
  ])("%s leads to its credential", async (text, expected) => {
    const provider = registryCredentials({ secrets, environment });
    const found = await provider.forRepository({ repository, reference: reference(text) });
    expect(found).toEqual(expected);
  });

  it("finds Docker Hub under the name that kubectl writes", async () => {
    const hub = {
      host: "docker.io",
      path: "library/nginx",
      apiUrl: "https://registry-1.docker.io",
    };
    const request = { repository: hub, reference: reference("pullsecret:ns/hub") };
    await expect(registryCredentials({ secrets }).forRepository(request)).resolves.toEqual(user);
  });

  it.each([
    ["secret:ns/user#missing", "not-found"],
    ["secret:ns/user#broken", "invalid-secret"],
    ["pullsecret:ns/missing", "not-found"],
    ["pullsecret:ns/opaque", "not-found"],
    ["pullsecret:ns/other", "not-found"],
    ["pullsecret:ns/bad", "invalid-secret"],
    ["pullsecret:ns/garbage", "invalid-secret"],
    ["env:MISSING", "not-found"],
    ["env:EMPTY", "invalid-secret"],
    ["env:BROKEN", "invalid-secret"],
    ["ext:/missing/script.sh", "not-found"],
    ["ext:relative/script.sh", "unsupported-reference"],
  ])("%s fails as %s, without the secret", async (text, code) => {
    const provider = registryCredentials({ secrets, environment });
    const asked = provider.forRepository({ repository, reference: reference(text) });
    const error = await credentialErrorOf(asked);
    expect(error.code).toBe(code);
    expect(JSON.stringify([error.message, error.context])).not.toContain("s3cret");
  });

  it("says what is missing when secrets cannot be read", async () => {
    const asked = registryCredentials().forRepository({
      repository,
      reference: reference("pullsecret:ns/pull"),
    });
    const error = await credentialErrorOf(asked);
    expect(error.code).toBe("unsupported-reference");
    expect(error.message).toContain('"secrets"');
  });
});

describe("a script", () => {
  it("is run without arguments and gives user and password", async () => {
    const path = await script("login.sh", 'test $# -eq 0 && echo "foo:b:ar"');
    const found = await registryCredentials().forRepository({
      repository,
      reference: { kind: "ext", path },
    });
    expect(found).toEqual(user);
  });

  it.each([
    ["fails", 'echo "foo:s3cret"; echo "s3cret" >&2; exit 3', "unavailable"],
    ["prints no user", "echo s3cret", "invalid-secret"],
    ["prints too much", "yes s3cret", "unavailable"],
  ])("that %s is an error without its output", async (name, body, code) => {
    const path = await script(`${name.replaceAll(" ", "-")}.sh`, body);
    const asked = registryCredentials().forRepository({
      repository,
      reference: { kind: "ext", path },
    });
    const error = await credentialErrorOf(asked);
    expect(error.code).toBe(code);
    expect(JSON.stringify([error.message, error.context, String(error.cause)])).not.toContain(
      "s3cret",
    );
  });

  it("is ended when the call is cancelled", async () => {
    const path = await script("slow.sh", "exec sleep 30");
    const asked = registryCredentials().forRepository({
      repository,
      reference: { kind: "ext", path },
      signal: AbortSignal.timeout(50),
    });
    expect((await credentialErrorOf(asked)).code).toBe("cancelled");
  });
});

describe("a registry's credentials", () => {
  const credentials = reference("env:CREDS");

  it("are used for images without a reference of their own", async () => {
    const provider = registryCredentials({
      registriesConf: [registry({ credentials })],
      environment,
    });
    await expect(provider.forRepository({ repository })).resolves.toEqual(user);
    const other = { ...repository, host: "quay.io", apiUrl: "https://quay.io" };
    await expect(provider.forRepository({ repository: other })).resolves.toEqual({
      kind: "anonymous",
    });
  });

  it("give way to the image's", async () => {
    const registries = [registry({ credentials: reference("env:MISSING") })];
    const provider = registryCredentials({ registriesConf: registries, environment });
    const asked = provider.forRepository({ repository, reference: credentials });
    await expect(asked).resolves.toEqual(user);
  });

  it("are an error when they cannot be had, not anonymous", async () => {
    const registries = [registry({ credentials: reference("env:MISSING") })];
    const provider = registryCredentials({ registriesConf: registries, environment });
    const error = await credentialErrorOf(provider.forRepository({ repository }));
    expect(error.context.reference).toBe("env:MISSING");
  });

  it("are those of the longest prefix where several entries share an API", async () => {
    const registries = [
      registry({ prefix: "reg.example.com/team", apiUrl: "https://reg.example.com", credentials }),
      registry({
        prefix: "reg.example.com/other",
        apiUrl: "https://reg.example.com",
        credentials: reference("env:MISSING"),
      }),
    ];
    const provider = registryCredentials({ registriesConf: registries, environment });
    const own = { host: "reg.example.com", path: "team/app", apiUrl: "https://reg.example.com" };
    await expect(provider.forRepository({ repository: own })).resolves.toEqual(user);
  });

  it("are read once a minute, by many callers, or when they were refused", async () => {
    const clock = createJumpingClock();
    const reads: string[] = [];
    const counting: SecretReader = {
      ...secrets,
      read(key, options) {
        reads.push(key.name);
        return secrets.read(key, options);
      },
    };
    const registries = [registry({ credentials: reference("pullsecret:ns/pull") })];
    const provider = registryCredentials({ registriesConf: registries, secrets: counting, clock });
    await Promise.all([1, 2, 3].map(() => provider.forRepository({ repository })));
    clock.advance(59_000);
    await provider.forRepository({ repository });
    expect(reads).toHaveLength(1);
    clock.advance(1000);
    await provider.forRepository({ repository });
    expect(reads).toHaveLength(2);
    await provider.forRepository({ repository, rejected: true });
    expect(reads).toHaveLength(3);
    const own = reference("pullsecret:ns/pull");
    await provider.forRepository({ repository, reference: own, rejected: true });
    expect(reads).toHaveLength(4);
  });

  it("are kept as long as the configuration says", async () => {
    const clock = createJumpingClock();
    const changing: Record<string, string> = { CREDS: "foo:one" };
    const registries = [registry({ credentials, credentialsExpireSeconds: 60 })];
    const provider = registryCredentials({
      registriesConf: registries,
      environment: changing,
      clock,
    });
    const password = async (): Promise<unknown> => {
      const found = await provider.forRepository({ repository });
      return found.kind === "basic" ? found.password : undefined;
    };
    expect(await password()).toBe("one");
    changing["CREDS"] = "foo:two";
    clock.advance(59_000);
    expect(await password()).toBe("one");
    clock.advance(1000);
    expect(await password()).toBe("two");
    changing["CREDS"] = "foo:three";
    await provider.forRepository({ repository, rejected: true });
    expect(await password()).toBe("three");
  });
});

it("credentials of an entry for Docker Hub are those of all its names", async () => {
  const registries = [
    registry({
      prefix: "docker.io",
      apiUrl: "https://registry-1.docker.io",
      credentials: reference("env:CREDS"),
    }),
  ];
  const provider = registryCredentials({ registriesConf: registries, environment });
  const hub = { host: "index.docker.io", path: "team/app", apiUrl: "https://index.docker.io" };
  await expect(provider.forRepository({ repository: hub })).resolves.toEqual(user);
});

it("a failed read is not kept", async () => {
  const changing: Record<string, string> = {};
  const provider = registryCredentials({ environment: changing });
  const request = { repository, reference: reference("env:CREDS") };
  expect((await credentialErrorOf(provider.forRepository(request))).code).toBe("not-found");
  changing["CREDS"] = "foo:b:ar";
  await expect(provider.forRepository(request)).resolves.toEqual(user);
});
