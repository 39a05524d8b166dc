import { describe, expect, it } from "vitest";
import type { ApplicationSource } from "../../src/ports/application-client.js";
import { applicationOf } from "../../src/testing/application-source-contract.js";
import {
  applicationSourceContract,
  inMemoryApplications,
  type ApplicationSourceHarness,
} from "../../src/testing/index.js";
import { brokenClauses } from "./broken-clauses.js";

function harness(
  mutate: (source: ApplicationSource) => ApplicationSource = (source) => source,
): ApplicationSourceHarness {
  return {
    createSignal: () => {
      const controller = new AbortController();
      return { signal: controller.signal, abort: () => controller.abort() };
    },
    async create(): ReturnType<ApplicationSourceHarness["create"]> {
      const { source, put, remove } = inMemoryApplications(["web", "api"].map(applicationOf));
      return {
        source: mutate(source),
        put: async (manifest) => put(manifest),
        remove: async (name) => remove(name),
      };
    },
  };
}

describe("the Applications in memory keep the ApplicationSource contract", () => {
  for (const { name, run } of applicationSourceContract(harness())) it(name, run);
});

describe("the ApplicationSource contract", () => {
  it("holds for a source that cannot watch", async () => {
    const listing = harness(({ contract, list }) => ({ contract, list }));
    expect(await brokenClauses(applicationSourceContract(listing))).toEqual([]);
  });

  it.each<readonly [string, (source: ApplicationSource) => Partial<ApplicationSource>]>([
    [
      "leaves some out",
      ({ list }) => ({ list: async (options) => (await list(options)).slice(1) }),
    ],
    ["goes on when it is cancelled", ({ list }) => ({ list: () => list() })],
    [
      "does not begin a watch with what is there",
      (source) => ({
        async *watch(options) {
          for await (const change of source.watch?.(options) ?? []) {
            if (change.kind !== "listed") yield change;
          }
        },
      }),
    ],
    [
      "says nothing of what is removed",
      (source) => ({
        async *watch(options) {
          for await (const change of source.watch?.(options) ?? []) {
            yield change.kind === "removed" ? { kind: "listed", manifests: [] } : change;
          }
        },
      }),
    ],
  ])("does not hold for a source that %s", async (_name, mutate) => {
    const broken = harness((source) => ({ ...source, ...mutate(source) }));
    const clauses = applicationSourceContract(broken).map((clause) => ({
      ...clause,
      // A watch that says nothing would be waited for.
      run: () => Promise.race([clause.run(), silence()]),
    }));
    expect(await brokenClauses(clauses)).not.toEqual([]);
  });
});

function silence(): Promise<never> {
  return new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error("nothing was said")), 100).unref();
  });
}
