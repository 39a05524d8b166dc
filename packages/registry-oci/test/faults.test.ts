import { describe, expect, it } from "vitest";
import type { OciRegistrySettings } from "@image-updater/registry-oci";
import { createJumpingClock } from "./support/jumping-clock.js";
import { createClient, registryErrorOf, repositoryOf, startRegistry } from "./support/loopback.js";

const fixture = { "team/app": [{ tag: "1" }, { tag: "2", content: "two" }] };
const AMD64 = { platforms: ["linux/amd64"] };

const FAULTS = [
  ["unauthorized", "unauthorized"],
  ["forbidden", "forbidden"],
  ["rate-limited", "rate-limited"],
  ["server-error", "unavailable"],
  ["garbage", "invalid-response"],
  ["hang", "timeout"],
  ["disconnect", "unavailable"],
  ["too-large", "too-large"],
] as const;

/** Only what never comes is waited for in vain. */
function limitsFor(behave: (typeof FAULTS)[number][0]): OciRegistrySettings {
  return behave === "hang" ? { requestTimeoutMs: 500 } : {};
}

describe.each(FAULTS)("a registry that is %s", (behave, code) => {
  it.each(["manifest", "config", "any"] as const)(
    `gives ${code} for a tag when it is so for %s, and is read again afterwards`,
    async (on) => {
      const server = await startRegistry({ fixture, faults: [{ on, behave }] });
      const client = createClient(limitsFor(behave));
      const error = await registryErrorOf(client.describeTag(repositoryOf(server), "1", AMD64));
      // A web page in place of a blob is first of all not the bytes that were asked for.
      const isOtherBlob = behave === "garbage" && on === "config";
      const expected = isOtherBlob ? "digest-mismatch" : code;
      expect(error).toMatchObject({
        code: expected,
        context: { host: server.host, repository: "team/app" },
      });
      server.setFaults([]);
      // On a busy machine an answer may not come within the limit of the first attempts.
      await expect
        .poll(() => client.describeTag(repositoryOf(server), "1", AMD64))
        .toMatchObject({ kind: "image" });
    },
  );

  it(`gives ${code} for a list`, async () => {
    const server = await startRegistry({ fixture, faults: [{ on: "tags", behave }] });
    const client = createClient(limitsFor(behave));
    expect((await registryErrorOf(client.listTags(repositoryOf(server)))).code).toBe(code);
  });
});

describe("a registry that sends other bytes than it should", () => {
  it.each(["manifest", "config"] as const)("gives digest-mismatch for a %s", async (on) => {
    const server = await startRegistry({ fixture, faults: [{ on, behave: "wrong-digest" }] });
    const error = await registryErrorOf(
      createClient().describeTag(repositoryOf(server), "1", AMD64),
    );
    expect(error).toMatchObject({ code: "digest-mismatch", retryable: false });
  });
});

it("a fault of one tag leaves the others alone", async () => {
  const faults = [{ on: "config", behave: "server-error", tag: "1" }] as const;
  const server = await startRegistry({ fixture, faults });
  const client = createClient();
  const details = await client.describeTag(repositoryOf(server), "2", AMD64);
  expect(details.kind).toBe("image");
  const error = await registryErrorOf(client.describeTag(repositoryOf(server), "1", AMD64));
  expect(error.code).toBe("unavailable");
});

it.each(["rate-limited", "server-error", "disconnect"] as const)(
  "a %s that passes costs another attempt",
  async (behave) => {
    const server = await startRegistry({ fixture, faults: [{ on: "any", behave, times: 2 }] });
    const client = createClient({ retries: 3, clock: createJumpingClock() });
    await expect(client.listTags(repositoryOf(server))).resolves.toEqual(["1", "2"]);
    expect(server.requests).toHaveLength(3);
  },
);

it("what is not a passing problem is not tried again", async () => {
  const server = await startRegistry({ fixture, faults: [{ on: "tags", behave: "forbidden" }] });
  await registryErrorOf(createClient({ retries: 3 }).listTags(repositoryOf(server)));
  expect(server.requests).toHaveLength(1);
});

it("a rate limit names the time to wait", async () => {
  const server = await startRegistry({ fixture, faults: [{ on: "tags", behave: "rate-limited" }] });
  const error = await registryErrorOf(createClient().listTags(repositoryOf(server)));
  expect(error.context).toMatchObject({ status: 429, retryAfterSeconds: 1 });
});

it("a rate limit of one call is a pause for all calls of the client", async () => {
  const server = await startRegistry({
    fixture: { ...fixture, "team/other": [{ tag: "3" }] },
    faults: [{ on: "tags", repository: "team/app", behave: "rate-limited" }],
  });
  const clock = createJumpingClock();
  const client = createClient({ clock, random: () => 0 });
  await registryErrorOf(client.listTags(repositoryOf(server)));
  expect(clock.delays).toEqual([]);
  await client.resolveDigest(repositoryOf(server, "team/other"), "3");
  expect(clock.delays).toEqual([1000]);
});

it("a cancelled call ends at once, also while it waits for a token", async () => {
  for (const on of ["tags", "token"] as const) {
    const auth = { username: "u", password: "p", anonymousPull: true };
    const server = await startRegistry({ fixture, auth, faults: [{ on, behave: "hang" }] });
    const signal = AbortSignal.timeout(100);
    const error = await registryErrorOf(createClient().listTags(repositoryOf(server), { signal }));
    expect(error.code).toBe("cancelled");
  }
});

it("one cancelled caller does not cost the others their token", async () => {
  const auth = { username: "u", password: "p", anonymousPull: true };
  const server = await startRegistry({
    fixture,
    auth,
    faults: [{ on: "token", behave: "server-error", times: 1 }],
  });
  const client = createClient({ retries: 1, random: () => 0 });
  const signal = AbortSignal.timeout(100);
  const [cancelled, patient] = await Promise.allSettled([
    client.listTags(repositoryOf(server), { signal }),
    client.listTags(repositoryOf(server)),
  ]);
  expect(cancelled).toMatchObject({ reason: { code: "cancelled" } });
  expect(patient).toMatchObject({ value: ["1", "2"] });
});
