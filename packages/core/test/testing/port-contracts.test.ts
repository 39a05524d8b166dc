import { describe, expect, it } from "vitest";
import type { ApplicationClient } from "../../src/ports/application-client.js";
import type { Clock } from "../../src/ports/clock.js";
import type { SecretReader } from "../../src/ports/secret-reader.js";
import { CredentialError } from "../../src/errors/credential-error.js";
import { systemClock } from "../../src/system/system-clock.js";
import {
  applicationClientContract,
  clockContract,
  createTestClock,
  inMemoryApplications,
  inMemorySecrets,
  secretReaderContract,
} from "../../src/testing/index.js";
import { brokenClauses } from "./broken-clauses.js";

function secrets(): SecretReader {
  return inMemorySecrets([
    {
      namespace: "argocd",
      name: "creds",
      labels: { kind: "test", more: "yes" },
      data: { token: "s3cret" },
    },
    { namespace: "argocd", name: "unlabelled", data: { token: "other" } },
  ]);
}

function applications(): ApplicationClient {
  const manifest = {
    kind: "Application",
    metadata: { name: "web", namespace: "argocd" },
    spec: { source: { path: "apps/web" } },
  };
  return inMemoryApplications([manifest]).client;
}

describe("the secrets in memory keep the SecretReader contract", () => {
  for (const { name, run } of secretReaderContract({ create: async () => secrets() }))
    it(name, run);
});

describe("the SecretReader contract", () => {
  it.each<readonly [string, (reader: SecretReader) => Partial<SecretReader>]>([
    [
      "answers nothing for a missing field",
      (reader) => ({ read: (key) => reader.read(key).catch(() => "") }),
    ],
    [
      "looks into every namespace",
      (reader) => ({ read: (key) => reader.read({ ...key, namespace: "argocd" }) }),
    ],
    [
      "shows another field's value",
      () => ({
        read: () =>
          Promise.reject(new CredentialError("not-found", "only s3cret", { reference: "x" })),
      }),
    ],
    [
      "does not look at labels",
      (reader) => ({ list: ({ namespace }) => reader.list({ namespace, labels: {} }) }),
    ],
  ])("does not hold for a reader that %s", async (_name, mutate) => {
    const create = async (): Promise<SecretReader> => ({ ...secrets(), ...mutate(secrets()) });
    expect(await brokenClauses(secretReaderContract({ create }))).not.toEqual([]);
  });
});

describe("the Applications in memory keep the ApplicationClient contract", () => {
  const clauses = applicationClientContract({ create: async () => applications() });
  for (const { name, run } of clauses) it(name, run);
});

describe("the ApplicationClient contract", () => {
  it.each<readonly [string, (client: ApplicationClient) => Partial<ApplicationClient>]>([
    [
      "does not look at tests",
      (client) => ({
        patch: (name, patch) =>
          client.patch(
            name,
            patch.filter(({ op }) => op !== "test"),
          ),
      }),
    ],
    ["writes nothing", (client) => ({ patch: (name) => client.get(name) })],
    [
      "answers undefined for what is missing",
      (client) => ({ get: (name) => client.get(name).catch(() => undefined) }),
    ],
    [
      "looks into every namespace",
      (client) => ({ get: (name) => client.get({ ...name, namespace: "argocd" }) }),
    ],
  ])("does not hold for a client that %s", async (_name, mutate) => {
    const create = async (): Promise<ApplicationClient> => {
      const client = applications();
      return { ...client, ...mutate(client) };
    };
    expect(await brokenClauses(applicationClientContract({ create }))).not.toEqual([]);
  });
});

describe("the host's clock keeps the Clock contract", () => {
  for (const { name, run } of clockContract(systemClock)) it(name, run);
});

describe("the Clock contract", () => {
  it.each<readonly [string, Partial<Clock>, string]>([
    ["stands still", createTestClock(), "moves on while a delay passes"],
    ["does not wait", { delay: () => Promise.resolve() }, "moves on while a delay passes"],
    [
      "rejects when it is aborted",
      {
        delay: (ms, signal) =>
          signal?.aborted === true
            ? Promise.reject(new Error("aborted"))
            : systemClock().delay(ms, signal),
      },
      "resolves at once for a signal that is aborted already",
    ],
  ])("does not hold for a clock that %s", async (_name, mutation, clause) => {
    const create = (): Clock => ({ ...systemClock(), ...mutation });
    const broken = await Promise.race([
      brokenClauses(clockContract(create).filter(({ name }) => name === clause)),
      new Promise<readonly string[]>((resolve) => {
        setTimeout(() => resolve(["it never ended"]), 300);
      }),
    ]);
    expect(broken).not.toEqual([]);
  });
});
