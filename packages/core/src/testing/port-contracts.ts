import { ApplicationError } from "../errors/application-error.js";
import { CredentialError } from "../errors/credential-error.js";
import type { ApplicationClient } from "../ports/application-client.js";
import type { Clock } from "../ports/clock.js";
import type { SecretReader } from "../ports/secret-reader.js";
import { createCancelSource } from "../update/cancel-source.js";
import { assertSame, rejectionOf, type ContractCase } from "./contract-case.js";

/** A reader that holds the secret `argocd/creds` with `token: s3cret` and the label `kind: test`. */
export interface SecretReaderHarness {
  create(): Promise<SecretReader>;
}

/** What every {@link SecretReader} promises. */
export function secretReaderContract(harness: SecretReaderHarness): readonly ContractCase[] {
  return [
    {
      name: "reads one field",
      async run(): Promise<void> {
        const reader = await harness.create();
        const value = await reader.read({ namespace: "argocd", name: "creds", key: "token" });
        assertSame(value, "s3cret", "value");
      },
    },
    ...MISSING_KEYS.map((wanted): ContractCase => {
      const { namespace, name, key } = wanted;
      return {
        name: `says not-found for ${key} of ${namespace}/${name}, and no secret in the message`,
        async run(): Promise<void> {
          const reader = await harness.create();
          const error = await rejectionOf(reader.read(wanted), key);
          if (!CredentialError.is(error))
            throw new Error(`not a CredentialError: ${String(error)}`);
          assertSame(error.code, "not-found", "code");
          assertSame(error.message.includes("s3cret"), false, "secret in the message");
        },
      };
    }),
    {
      name: "reads all fields of a secret at once, where it can",
      async run(): Promise<void> {
        const reader = await harness.create();
        if (reader.readAll === undefined) return;
        const { name, labels, data } = await reader.readAll({ namespace: "argocd", name: "creds" });
        assertSame(
          [name, labels["kind"], data.get("token")],
          ["creds", "test", "s3cret"],
          "secret",
        );
        const error = await rejectionOf(reader.readAll({ namespace: "argocd", name: "x" }), "x");
        assertSame(CredentialError.is(error) && error.code, "not-found", "code");
      },
    },
    {
      name: "lists secrets that carry all of the labels",
      async run(): Promise<void> {
        const reader = await harness.create();
        const found = await reader.list({ namespace: "argocd", labels: { kind: "test" } });
        assertSame(
          found.map(({ name, data }) => [name, data.get("token")]),
          [["creds", "s3cret"]],
          "found",
        );
        const other = await reader.list({ namespace: "argocd", labels: { kind: "x" } });
        assertSame(other.length, 0, "other label");
        const elsewhere = await reader.list({ namespace: "elsewhere", labels: { kind: "test" } });
        assertSame(elsewhere.length, 0, "other namespace");
      },
    },
  ];
}

const MISSING_KEYS = [
  { namespace: "argocd", name: "creds", key: "missing" },
  { namespace: "argocd", name: "other", key: "token" },
  { namespace: "elsewhere", name: "creds", key: "token" },
];

/** A client that holds the Application `argocd/web` with `spec.source.path: apps/web`. */
export interface ApplicationClientHarness {
  create(): Promise<ApplicationClient>;
}

const WEB = { namespace: "argocd", name: "web" };
const PATH = "/spec/source/path";

/** What every {@link ApplicationClient} promises. */
export function applicationClientContract(
  harness: ApplicationClientHarness,
): readonly ContractCase[] {
  return [
    {
      name: "applies a patch and answers the new manifest",
      async run(): Promise<void> {
        const client = await harness.create();
        const answer = await client.patch(WEB, [
          { op: "test", path: PATH, value: "apps/web" },
          { op: "replace", path: PATH, value: "apps/new" },
        ]);
        assertSame(JSON.stringify(answer).includes("apps/new"), true, "answer");
        assertSame(JSON.stringify(await client.get(WEB)).includes("apps/new"), true, "manifest");
      },
    },
    {
      name: "says conflict and changes nothing when a test fails",
      async run(): Promise<void> {
        const client = await harness.create();
        const patch = client.patch(WEB, [
          { op: "replace", path: PATH, value: "apps/new" },
          { op: "test", path: PATH, value: "apps/web" },
        ]);
        await expectCode(patch, "conflict");
        assertSame(JSON.stringify(await client.get(WEB)).includes("apps/web"), true, "manifest");
      },
    },
    {
      name: "says not-found for an Application that does not exist",
      async run(): Promise<void> {
        const client = await harness.create();
        await expectCode(client.get({ namespace: "argocd", name: "missing" }), "not-found");
        const patch = [{ op: "replace", path: PATH, value: "apps/new" }] as const;
        const patched = client.patch({ namespace: "argocd", name: "missing" }, patch);
        await expectCode(patched, "not-found");
      },
    },
    {
      name: "does not take an Application of another namespace for the one that is meant",
      async run(): Promise<void> {
        const client = await harness.create();
        await expectCode(client.get({ namespace: "elsewhere", name: "web" }), "not-found");
      },
    },
  ];
}

async function expectCode(promise: Promise<unknown>, code: string): Promise<void> {
  const error = await rejectionOf(promise, code);
  if (!ApplicationError.is(error)) throw new Error(`not an ApplicationError: ${String(error)}`);
  assertSame(error.code, code, "code");
}

/** What every {@link Clock} that really passes promises. */
export function clockContract(create: () => Clock): readonly ContractCase[] {
  return [
    {
      name: "moves on while a delay passes",
      async run(): Promise<void> {
        const clock = create();
        const before = clock.now().getTime();
        await clock.delay(40);
        // Timers may be a little early.
        assertSame(clock.now().getTime() - before >= 30, true, "later");
      },
    },
    {
      name: "resolves at once for a signal that is aborted already",
      async run(): Promise<void> {
        await create().delay(3_600_000, { aborted: true });
      },
    },
    {
      name: "resolves as soon as its signal is aborted",
      async run(): Promise<void> {
        const { signal, abort } = createCancelSource();
        const delay = create().delay(3_600_000, signal);
        abort();
        await delay;
      },
    },
  ];
}
