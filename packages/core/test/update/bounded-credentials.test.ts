import { expect, it } from "vitest";
import { CredentialError } from "../../src/errors/credential-error.js";
import type { CancelSignal } from "../../src/ports/cancel-signal.js";
import type { CredentialProvider } from "../../src/ports/credential-provider.js";
import { createTestClock } from "../../src/testing/index.js";
import { boundCredentials } from "../../src/update/bounded-credentials.js";

const repository = { host: "ghcr.io", path: "team/app", apiUrl: "https://ghcr.io" };
const url = "https://user:s3cret@git.example.com/team/apps.git";
const basic = { kind: "basic", username: "u", password: "p" } as const;

type Ask = (provider: CredentialProvider, signal?: AbortSignal) => Promise<unknown>;

const CALLS: readonly (readonly [keyof CredentialProvider, Ask, string])[] = [
  [
    "forRepository",
    (provider, signal) => provider.forRepository({ repository, signal }),
    "ghcr.io/team/app",
  ],
  [
    "forGit",
    (provider, signal) => provider.forGit({ url, signal }),
    "https://git.example.com/team/apps.git",
  ],
];

it.each(CALLS)(
  "%s that never answers ends by its deadline, without a secret",
  async (name, ask, what) => {
    const clock = createTestClock();
    let signal: CancelSignal | undefined;
    const never = (request: { readonly signal?: CancelSignal | undefined }): Promise<never> => {
      ({ signal } = request);
      return new Promise(() => undefined);
    };
    const waiting = ask(boundCredentials({ [name]: never }, { clock })).catch(
      (error: unknown) => error,
    );
    clock.advance(30_000);
    const error = await waiting;
    expect(CredentialError.is(error) && [error.code, error.message]).toEqual([
      "unavailable",
      `credentials for ${what} could not be had within 30 s`,
    ]);
    expect(signal?.aborted).toBe(true);
    expect(clock.pending).toBe(0);
  },
);

it.each(CALLS)(
  "%s passes on what it is told, and tells when it is cancelled",
  async (name, ask) => {
    const clock = createTestClock();
    const answering = boundCredentials({ [name]: () => Promise.resolve(basic) }, { clock });
    expect(await ask(answering)).toEqual(basic);
    const failing = boundCredentials({ [name]: () => Promise.reject(new Error("no")) }, { clock });
    await expect(ask(failing)).rejects.toThrow("no");
    const cancelled = await ask(answering, AbortSignal.abort()).catch((error: unknown) => error);
    expect(cancelled).toMatchObject({ name: "CredentialError", code: "cancelled" });
    expect(await ask(boundCredentials({}, { clock }))).toEqual({ kind: "anonymous" });
  },
);
