import { RegistryError } from "../errors/registry-error.js";
import type { CancelSignal } from "../ports/cancel-signal.js";
import type { RegistryClient, Repository, TagDetails } from "../ports/registry-client.js";
import { assertSame, rejectionOf, type ContractCase } from "./contract-case.js";
import type {
  ImageFixture,
  RegistryFault,
  RegistryFixture,
  RegistryPaging,
} from "./registry-fixture.js";

/** A client under test and the registry behind it. */
export interface RegistryUnderTest {
  readonly client: RegistryClient;
  /** The repository of a fixture's path, as the client wants it. */
  repository(path: string): Repository;
  /** Adds an image, or replaces what its tag points to. */
  push(path: string, image: ImageFixture): Promise<void>;
  close(): Promise<void>;
}

/** How the contract reaches the adapter under test. */
export interface RegistryClientHarness {
  /** A fresh client whose registry holds exactly the fixture and fails as the faults say. */
  create(setup: {
    readonly fixture: RegistryFixture;
    readonly faults?: readonly RegistryFault[] | undefined;
    /** For clauses about long lists; a registry without pages passes it by. */
    readonly paging?: RegistryPaging | undefined;
  }): Promise<RegistryUnderTest>;
  /** Leaves out clauses that need faults or more than a plain registry can hold. Default: all. */
  readonly skip?: readonly ("faults" | "artifacts" | "paging")[] | undefined;
  /** A signal that is aborted already, `AbortSignal.abort()`; without one, cancelling is not tried. */
  readonly aborted?: CancelSignal | undefined;
}

interface Clause {
  readonly name: string;
  readonly needs?: "faults" | "artifacts" | "paging";
  readonly fixture: RegistryFixture;
  readonly faults?: readonly RegistryFault[];
  readonly paging?: RegistryPaging;
  check(registry: RegistryUnderTest): Promise<void>;
}

const AMD64 = { platforms: ["linux/amd64"] };
const PATH = "team/app";
const ONE: RegistryFixture = { [PATH]: [{ tag: "1.0.0", created: "2024-05-01T10:00:00Z" }] };

/**
 * What every {@link RegistryClient} promises.
 *
 * ```ts
 * for (const clause of registryClientContract(harness)) it(clause.name, clause.run);
 * ```
 */
export function registryClientContract(harness: RegistryClientHarness): readonly ContractCase[] {
  const { aborted } = harness;
  const cancelling = aborted === undefined ? [] : cancelClauses(aborted);
  return [...LIST_CLAUSES, ...DESCRIBE_CLAUSES, ...DIGEST_CLAUSES, ...FAULT_CLAUSES, ...cancelling]
    .filter(({ needs }) => needs === undefined || harness.skip?.includes(needs) !== true)
    .map(({ name, fixture, faults, paging, check }) => ({
      name,
      async run(): Promise<void> {
        const registry = await harness.create({
          fixture,
          ...(faults && { faults }),
          ...(paging && { paging }),
        });
        try {
          await check(registry);
        } finally {
          await registry.close();
        }
      },
    }));
}

const MANY = Array.from({ length: 2500 }, (_, index) => ({ tag: `1.0.${index}` }));

const UNUSUAL_PAGES: readonly (readonly [name: string, tags: number, paging: RegistryPaging])[] = [
  ["whose pages are not linked", 1500, { links: "none" }],
  ["that ends with a full page", 2000, { links: "none" }],
  ["whose pages are shorter than asked for, and not linked", 250, { pageSize: 100, links: "none" }],
  ["whose links do not say that they lead to the next page", 1500, { links: "no-rel" }],
  ["whose links are not written as they should be", 1500, { links: "bare" }],
  ["of a registry that refuses large pages", 250, { refusesPagesOver: 100 }],
  ["of a registry that refuses to be told", 250, { refusesPagesOver: 0 }],
];

const LIST_CLAUSES: readonly Clause[] = [
  ...UNUSUAL_PAGES.map(([name, count, paging]): Clause => ({
    name: `lists all tags of a list ${name}`,
    needs: "paging",
    fixture: { [PATH]: MANY.slice(0, count) },
    paging,
    async check({ client, repository }): Promise<void> {
      const tags = await client.listTags(repository(PATH));
      const expected = MANY.slice(0, count).map(({ tag }) => tag);
      assertSame([...tags].toSorted(), expected.toSorted(), "tags");
    },
  })),
  {
    name: "carries the version of the contract and serves its own repository",
    fixture: ONE,
    check(registry): Promise<void> {
      assertSame(registry.client.contract, "registry-client/1", "contract");
      assertSame(registry.client.serves(registry.repository(PATH)), true, "serves");
      return Promise.resolve();
    },
  },
  {
    name: "lists the tags of a repository",
    fixture: { [PATH]: [{ tag: "1.0" }, { tag: "latest" }], "team/other": [{ tag: "9" }] },
    async check({ client, repository }): Promise<void> {
      const tags = await client.listTags(repository(PATH));
      assertSame([...tags].toSorted(), ["1.0", "latest"], "tags");
    },
  },
  {
    name: "lists all pages of a long tag list, each tag once",
    needs: "paging",
    fixture: { [PATH]: MANY },
    async check({ client, repository }): Promise<void> {
      const tags = await client.listTags(repository(PATH));
      assertSame([...tags].toSorted(), MANY.map(({ tag }) => tag).toSorted(), "tags");
    },
  },
  {
    name: "says not-found for a repository that does not exist",
    fixture: ONE,
    async check({ client, repository }): Promise<void> {
      await expectCode(client.listTags(repository("team/missing")), "not-found");
    },
  },
];

const DESCRIBE_CLAUSES: readonly Clause[] = [
  {
    name: "describes an image with digest, build date and its source",
    fixture: ONE,
    async check({ client, repository }): Promise<void> {
      const details = await client.describeTag(repository(PATH), "1.0.0", AMD64);
      const image = expectImage(details);
      assertSame(/^sha256:[0-9a-f]{64}$/u.test(image.digest), true, "digest");
      const created = image.created;
      assertSame(Date.parse(created?.at ?? ""), Date.parse("2024-05-01T10:00:00Z"), "created");
      assertSame(created?.source, "image-config", "source");
    },
  },
  {
    name: "gives the labels of the image",
    fixture: { [PATH]: [{ tag: "1", labels: { "org.opencontainers.image.revision": "abc" } }] },
    async check({ client, repository }): Promise<void> {
      const image = expectImage(await client.describeTag(repository(PATH), "1", AMD64));
      assertSame(image.labels["org.opencontainers.image.revision"], "abc", "label");
    },
  },
  {
    name: "says gone for a tag that does not exist",
    fixture: ONE,
    async check({ client, repository }): Promise<void> {
      const details = await client.describeTag(repository(PATH), "2.0.0", AMD64);
      assertSame(details.kind, "gone", "kind");
    },
  },
  {
    name: "finds a wanted platform in an index",
    needs: "artifacts",
    fixture: { [PATH]: [{ tag: "1", platforms: ["linux/amd64", "linux/arm64/v8"] }] },
    async check({ client, repository }): Promise<void> {
      const wanted = { platforms: ["linux/arm64"] };
      expectImage(await client.describeTag(repository(PATH), "1", wanted));
    },
  },
  {
    name: "says no-platform and what is there instead",
    fixture: { [PATH]: [{ tag: "1", platforms: ["linux/amd64"] }] },
    async check({ client, repository }): Promise<void> {
      const wanted = { platforms: ["linux/arm64"] };
      const details = await client.describeTag(repository(PATH), "1", wanted);
      const available = details.kind === "no-platform" ? details.available : details.kind;
      assertSame(available, ["linux/amd64"], "available platforms");
    },
  },
  {
    name: "says not-an-image for an artifact",
    needs: "artifacts",
    fixture: { [PATH]: [{ tag: "chart", layout: "artifact" }] },
    async check({ client, repository }): Promise<void> {
      const details = await client.describeTag(repository(PATH), "chart", AMD64);
      assertSame(details.kind, "not-an-image", "kind");
    },
  },
  {
    name: "describes an image without a build date without one",
    fixture: { [PATH]: [{ tag: "1", created: null }] },
    async check({ client, repository }): Promise<void> {
      const image = expectImage(await client.describeTag(repository(PATH), "1", AMD64));
      assertSame(image.created, undefined, "created");
    },
  },
];

const DIGEST_CLAUSES: readonly Clause[] = [
  {
    name: "resolves the digest that it describes",
    fixture: ONE,
    async check({ client, repository }): Promise<void> {
      const image = expectImage(await client.describeTag(repository(PATH), "1.0.0", AMD64));
      const digest = await client.resolveDigest(repository(PATH), "1.0.0");
      assertSame(digest, image.digest, "digest");
    },
  },
  {
    name: "resolves nothing for a tag that is gone",
    fixture: ONE,
    async check({ client, repository }): Promise<void> {
      const digest = await client.resolveDigest(repository(PATH), "2.0.0");
      assertSame(digest, undefined, "digest");
    },
  },
  {
    name: "sees a tag that was pushed again",
    fixture: ONE,
    async check({ client, repository, push }): Promise<void> {
      const before = await client.resolveDigest(repository(PATH), "1.0.0");
      await push(PATH, { tag: "1.0.0", content: "another build" });
      const after = await client.resolveDigest(repository(PATH), "1.0.0");
      assertSame(before === after, false, "same digest after a push");
      const image = expectImage(await client.describeTag(repository(PATH), "1.0.0", AMD64));
      assertSame(image.digest, after, "described digest");
    },
  },
];

const FAULT_CODES = [
  ["unauthorized", "unauthorized"],
  ["forbidden", "forbidden"],
  ["rate-limited", "rate-limited"],
  ["server-error", "unavailable"],
  ["garbage", "invalid-response"],
] as const;

const FAULT_CLAUSES: readonly Clause[] = [
  ...FAULT_CODES.map(([behave, code]): Clause => ({
    name: `throws ${code} when the tag list is ${behave}`,
    needs: "faults",
    fixture: ONE,
    faults: [{ on: "tags", behave }],
    check: ({ client, repository }) => expectCode(client.listTags(repository(PATH)), code),
  })),
  {
    name: "gives no part of a list when a later page fails",
    needs: "faults",
    fixture: { [PATH]: MANY },
    faults: [{ on: "tags-page", behave: "server-error" }],
    check: ({ client, repository }) => expectCode(client.listTags(repository(PATH)), "unavailable"),
  },
  ...FAULT_CODES.map(([behave, code]): Clause => ({
    name: `throws ${code}, never gone, when a manifest is ${behave}`,
    needs: "faults",
    fixture: ONE,
    faults: [{ on: "manifest", behave }],
    check: ({ client, repository }) =>
      expectCode(client.describeTag(repository(PATH), "1.0.0", AMD64), code),
  })),
  {
    name: "says refused for a tag that a policy of the registry blocks",
    needs: "faults",
    fixture: ONE,
    faults: [{ on: "manifest", behave: "blocked-by-policy" }],
    async check({ client, repository }): Promise<void> {
      const details = await client.describeTag(repository(PATH), "1.0.0", AMD64);
      assertSame(details.kind, "refused", "kind");
    },
  },
  {
    name: "says broken for a tag with a missing part",
    needs: "faults",
    fixture: ONE,
    faults: [{ on: "config", behave: "not-found" }],
    async check({ client, repository }): Promise<void> {
      const details = await client.describeTag(repository(PATH), "1.0.0", AMD64);
      assertSame(details.kind, "broken", "kind");
    },
  },
  {
    name: "throws, and does not resolve nothing, when a digest cannot be read",
    needs: "faults",
    fixture: ONE,
    faults: [{ on: "manifest", behave: "server-error" }],
    check: ({ client, repository }) =>
      expectCode(client.resolveDigest(repository(PATH), "1.0.0"), "unavailable"),
  },
  {
    name: "throws digest-mismatch when the bytes are not what the digest says",
    needs: "faults",
    fixture: ONE,
    faults: [{ on: "config", behave: "wrong-digest" }],
    check: ({ client, repository }) =>
      expectCode(client.describeTag(repository(PATH), "1.0.0", AMD64), "digest-mismatch"),
  },
];

function cancelClauses(signal: CancelSignal): readonly Clause[] {
  return [
    {
      name: "says cancelled when a list is asked for with an aborted signal",
      fixture: ONE,
      check: ({ client, repository }) =>
        expectCode(client.listTags(repository(PATH), { signal }), "cancelled"),
    },
    {
      name: "says cancelled, never gone, when a tag is asked for with an aborted signal",
      fixture: ONE,
      async check({ client, repository }): Promise<void> {
        const described = client.describeTag(repository(PATH), "1.0.0", { ...AMD64, signal });
        await expectCode(described, "cancelled");
        const resolved = client.resolveDigest(repository(PATH), "1.0.0", { signal });
        await expectCode(resolved, "cancelled");
      },
    },
  ];
}

function expectImage(details: TagDetails): Extract<TagDetails, { kind: "image" }> {
  if (details.kind === "image") return details;
  throw new Error(`expected an image, got ${JSON.stringify(details)}`);
}

async function expectCode(promise: Promise<unknown>, code: string): Promise<void> {
  const error = await rejectionOf(promise, code);
  if (!RegistryError.is(error)) throw new Error(`not a RegistryError: ${String(error)}`);
  assertSame(error.code, code, "code");
}
