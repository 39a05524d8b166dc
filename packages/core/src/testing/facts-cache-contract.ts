import type { FactsCache } from "../ports/facts-cache.js";
import type { TagDetails } from "../ports/registry-client.js";
import { assertSame, type ContractCase } from "./contract-case.js";

/** How the contract reaches the cache under test. */
export interface FactsCacheHarness {
  /** A fresh, empty cache. */
  create(): Promise<FactsCache>;
}

const SCOPE = { repository: "registry.example.com/team/app", identity: "anonymous" };
const DIGEST = `sha256:${"a".repeat(64)}`;
const AMD64 = ["linux/amd64"];
const DETAILS: TagDetails = {
  kind: "image",
  digest: DIGEST,
  created: { at: "2024-05-01T10:00:00.123456789Z", source: "image-config" },
  labels: { team: "α" },
  platforms: AMD64,
};

/** What every {@link FactsCache} promises. */
export function factsCacheContract(harness: FactsCacheHarness): readonly ContractCase[] {
  return CLAUSES.map(({ name, check }) => ({
    name,
    run: async (): Promise<void> => check(await harness.create()),
  }));
}

const CLAUSES: readonly {
  readonly name: string;
  readonly check: (cache: FactsCache) => Promise<void>;
}[] = [
  {
    name: "carries the version of the contract and is empty at first",
    async check(cache): Promise<void> {
      assertSame(cache.contract, "facts-cache/1", "contract");
      assertSame(await cache.readDetails(SCOPE, DIGEST, AMD64), undefined, "details");
      assertSame(await cache.readTag(SCOPE, "1.0"), undefined, "tag");
    },
  },
  {
    name: "gives back details as they were",
    async check(cache): Promise<void> {
      await cache.writeDetails(SCOPE, DIGEST, AMD64, DETAILS);
      assertSame(await cache.readDetails(SCOPE, DIGEST, AMD64), DETAILS, "details");
    },
  },
  {
    name: "keeps the last memory of a tag",
    async check(cache): Promise<void> {
      const seenAt = "2024-05-01T10:00:00.000Z";
      await cache.writeTag(SCOPE, "1.0", { digest: "sha256:old", seenAt });
      await cache.writeTag(SCOPE, "1.0", { digest: DIGEST, seenAt });
      assertSame(await cache.readTag(SCOPE, "1.0"), { digest: DIGEST, seenAt }, "tag");
    },
  },
  ...(
    [
      ["another identity", { ...SCOPE, identity: "secret:ns/creds#token" }, AMD64],
      ["another repository", { ...SCOPE, repository: "registry.example.com/team/b" }, AMD64],
      ["other platforms", SCOPE, ["linux/arm64"]],
    ] as const
  ).map(([what, scope, platforms]) => ({
    name: `never serves ${what}`,
    async check(cache: FactsCache): Promise<void> {
      await cache.writeDetails(SCOPE, DIGEST, AMD64, DETAILS);
      assertSame(await cache.readDetails(scope, DIGEST, platforms), undefined, "details");
    },
  })),
];
