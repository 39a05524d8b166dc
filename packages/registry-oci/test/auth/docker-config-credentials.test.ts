import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { env } from "node:process";
import { CredentialError, type Credential, type Repository } from "@image-updater/core";
import { dockerConfigCredentials, firstCredentials } from "@image-updater/registry-oci";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createJumpingClock } from "../support/jumping-clock.js";

const ghcr: Repository = { host: "ghcr.io", path: "team/app", apiUrl: "https://ghcr.io" };
const hub: Repository = {
  host: "docker.io",
  path: "library/nginx",
  apiUrl: "https://registry-1.docker.io",
};
const user: Credential = { kind: "basic", username: "foo", password: "s3cret" };
const auth = Buffer.from("foo:s3cret").toString("base64");

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "registry-oci-"));
});

afterEach(() => rm(folder, { recursive: true }));

/** A config file, and an environment that leads to it and to the helpers beside it. */
async function configure(
  config: object | string,
  more: Record<string, string> = {},
): Promise<Record<string, string>> {
  const text = typeof config === "string" ? config : JSON.stringify(config);
  await writeFile(join(folder, "config.json"), text);
  const path = [folder, env["PATH"] ?? ""].join(delimiter);
  return { PATH: path, DOCKER_CONFIG: folder, ...more };
}

async function helper(name: string, body: string): Promise<void> {
  const path = join(folder, `docker-credential-${name}`);
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
}

async function credentialErrorOf(promise: Promise<unknown>): Promise<CredentialError> {
  const outcome: unknown = await promise.catch((error: unknown) => error);
  if (CredentialError.is(outcome)) return outcome;
  throw new Error(`no CredentialError: ${String(outcome)}`);
}

describe("a docker config file", () => {
  it("is found by DOCKER_CONFIG", async () => {
    const environment = await configure({ auths: { "ghcr.io": { auth } } });
    const provider = dockerConfigCredentials({ environment });
    await expect(provider.forRepository({ repository: ghcr })).resolves.toEqual(user);
    await expect(provider.forRepository({ repository: hub })).resolves.toEqual({
      kind: "anonymous",
    });
  });

  it("is found in the home folder", async () => {
    await mkdir(join(folder, ".docker"));
    const config = JSON.stringify({ auths: { "https://index.docker.io/v1/": { auth } } });
    await writeFile(join(folder, ".docker", "config.json"), config);
    const provider = dockerConfigCredentials({ environment: { HOME: folder } });
    await expect(provider.forRepository({ repository: hub })).resolves.toEqual(user);
  });

  it("is read again for each call", async () => {
    const environment = await configure({ auths: {} });
    const provider = dockerConfigCredentials({ environment });
    await provider.forRepository({ repository: ghcr });
    await configure({ auths: { "ghcr.io": { identitytoken: "refresh" } } });
    await expect(provider.forRepository({ repository: ghcr })).resolves.toEqual({
      kind: "identity-token",
      token: "refresh",
    });
  });

  it("may be missing, unless it was named", async () => {
    const provider = dockerConfigCredentials({ environment: { DOCKER_CONFIG: folder } });
    await expect(provider.forRepository({ repository: ghcr })).resolves.toEqual({
      kind: "anonymous",
    });
    const path = join(folder, "other.json");
    const named = dockerConfigCredentials({ path, environment: {} });
    const error = await credentialErrorOf(named.forRepository({ repository: ghcr }));
    expect(error).toMatchObject({ code: "not-found", context: { reference: path } });
  });

  it.each([
    ["is not JSON", "s3cret"],
    ["has an entry that cannot be used", { auths: { "ghcr.io": { auth: "s3cret!" } } }],
  ])("that %s is an error without its content", async (_, config) => {
    const environment = await configure(config);
    const provider = dockerConfigCredentials({ environment });
    const error = await credentialErrorOf(provider.forRepository({ repository: ghcr }));
    expect(error.code).toBe("invalid-secret");
    expect(JSON.stringify([error.message, error.context])).not.toContain("s3cret");
  });

  it("leaves images with a reference of their own alone", async () => {
    const environment = await configure({ auths: { "ghcr.io": { auth } } });
    const found = await dockerConfigCredentials({ environment }).forRepository({
      repository: ghcr,
      reference: { kind: "env", variable: "X" },
    });
    expect(found).toEqual({ kind: "anonymous" });
  });
});

describe("DOCKER_AUTH_CONFIG", () => {
  const other = Buffer.from("bar:variable").toString("base64");

  it("comes before the file, which has the rest", async () => {
    const variable = JSON.stringify({ auths: { "ghcr.io": { auth: other } } });
    const environment = await configure(
      { auths: { "ghcr.io": { auth }, "https://index.docker.io/v1/": { auth } } },
      { DOCKER_AUTH_CONFIG: variable },
    );
    const provider = dockerConfigCredentials({ environment });
    await expect(provider.forRepository({ repository: ghcr })).resolves.toEqual({
      kind: "basic",
      username: "bar",
      password: "variable",
    });
    await expect(provider.forRepository({ repository: hub })).resolves.toEqual(user);
  });

  it.each([
    ["no JSON", "s3cret"],
    ["an entry without auth", '{"auths":{"ghcr.io":{}}}'],
    ["helper programs", '{"credsStore":"desktop"}'],
  ])("with %s is an error", async (_, text) => {
    const environment = await configure({}, { DOCKER_AUTH_CONFIG: text });
    const provider = dockerConfigCredentials({ environment });
    const error = await credentialErrorOf(provider.forRepository({ repository: ghcr }));
    expect(error.code).toBe("invalid-secret");
    expect(error.message).toContain("DOCKER_AUTH_CONFIG");
    expect(error.message).not.toContain("s3cret");
  });
});

describe("a helper program", () => {
  const config = { credsStore: "store", credHelpers: { "ghcr.io": "own" } };

  it("gets `get` and the server on its standard input, and gives user and secret", async () => {
    const environment = await configure(config);
    await helper(
      "own",
      'test "$#-$1" = 1-get || exit 3; printf \'{"ServerURL":"x","Username":"%s","Secret":"p"}\' "$(cat)"',
    );
    await helper("store", 'printf \'{"Username":"%s","Secret":"p"}\' "$(cat)"');
    const provider = dockerConfigCredentials({ environment });
    await expect(provider.forRepository({ repository: ghcr })).resolves.toEqual({
      kind: "basic",
      username: "ghcr.io",
      password: "p",
    });
    await expect(provider.forRepository({ repository: hub })).resolves.toEqual({
      kind: "basic",
      username: "https://index.docker.io/v1/",
      password: "p",
    });
  });

  it.each([
    [
      "an identity token",
      '{"Username":"<token>","Secret":"t"}',
      { kind: "identity-token", token: "t" },
    ],
    ["nothing", '{"Username":"","Secret":""}', { kind: "anonymous" }],
  ])("may give %s", async (_, answer, expected) => {
    const environment = await configure(config);
    await helper("own", `echo '${answer}'`);
    const found = await dockerConfigCredentials({ environment }).forRepository({
      repository: ghcr,
    });
    expect(found).toEqual(expected);
  });

  it("that knows nothing of the server means anonymous", async () => {
    const environment = await configure(config);
    await helper("own", 'echo "credentials not found in native keychain"; exit 1');
    const found = await dockerConfigCredentials({ environment }).forRepository({
      repository: ghcr,
    });
    expect(found).toEqual({ kind: "anonymous" });
  });

  it.each([
    ["fails", 'echo "s3cret"; exit 1', "unavailable"],
    ["prints no JSON", "echo s3cret", "invalid-secret"],
    ["prints no secret", 'echo \'{"Username":"s3cret"}\'', "invalid-secret"],
    ["prints half of it", 'echo \'{"Username":"s3cret","Secret":""}\'', "invalid-secret"],
    ["prints too much", "yes s3cret", "unavailable"],
  ])("that %s is an error without its output", async (_, body, code) => {
    const environment = await configure(config);
    await helper("own", body);
    const provider = dockerConfigCredentials({ environment });
    const error = await credentialErrorOf(provider.forRepository({ repository: ghcr }));
    expect(error.code).toBe(code);
    expect(error.message).toContain("docker-credential-own for ghcr.io");
    expect(JSON.stringify([error.message, error.context, String(error.cause)])).not.toContain(
      "s3cret",
    );
  });

  it("that is missing is an error", async () => {
    const environment = await configure(config);
    const provider = dockerConfigCredentials({ environment });
    const error = await credentialErrorOf(provider.forRepository({ repository: ghcr }));
    expect(error.code).toBe("not-found");
  });

  it("may leave its input unread", async () => {
    const environment = await configure(config);
    await helper("own", 'exec 0<&-; echo \'{"Username":"foo","Secret":"s3cret"}\'');
    const found = await dockerConfigCredentials({ environment }).forRepository({
      repository: ghcr,
    });
    expect(found).toEqual(user);
  });

  it("is ended when the call is cancelled", async () => {
    const environment = await configure(config);
    await helper("own", "exec sleep 30");
    const asked = dockerConfigCredentials({ environment }).forRepository({
      repository: ghcr,
      signal: AbortSignal.timeout(50),
    });
    expect((await credentialErrorOf(asked)).code).toBe("cancelled");
  });

  it("is run once a minute, for many callers, or when its answer was refused", async () => {
    const environment = await configure(config);
    const log = join(folder, "log");
    await helper(
      "own",
      `echo x >> ${log}; wc -l < ${log} | tr -d ' \\n' > ${log}.n; printf '{"Username":"u","Secret":"%s"}' "$(cat ${log}.n)"`,
    );
    const clock = createJumpingClock();
    const provider = dockerConfigCredentials({ environment, clock });
    const secret = async (rejected: boolean): Promise<unknown> => {
      const found = await provider.forRepository({ repository: ghcr, rejected });
      return found.kind === "basic" ? found.password : undefined;
    };
    expect(await Promise.all([secret(false), secret(false)])).toEqual(["1", "1"]);
    clock.advance(59_000);
    expect(await secret(false)).toBe("1");
    expect(await secret(true)).toBe("2");
    clock.advance(60_000);
    expect(await secret(false)).toBe("3");
  });
});

describe("firstCredentials", () => {
  const none = { forRepository: async (): Promise<Credential> => ({ kind: "anonymous" }) };
  const some = { forRepository: async () => user };
  const failing = { forRepository: () => Promise.reject(new Error("no")) };

  it("answers with the first that is not anonymous", async () => {
    const found = await firstCredentials([none, some, failing]).forRepository({ repository: ghcr });
    expect(found).toEqual(user);
  });

  it("is anonymous when all are", async () => {
    const found = await firstCredentials([none, none]).forRepository({ repository: ghcr });
    expect(found).toEqual({ kind: "anonymous" });
  });

  it("does not go on after an error", async () => {
    const asked = firstCredentials([failing, some]).forRepository({ repository: ghcr });
    await expect(asked).rejects.toThrow("no");
  });
});
