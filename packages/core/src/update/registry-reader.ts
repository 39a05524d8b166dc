import type { CredentialReference } from "../config/credential-reference.js";
import type { RegistryConfig } from "../config/registry-config.js";
import { excludedByName } from "../decision/filter-tags.js";
import { summarizeError } from "../errors/image-updater-error.js";
import { RegistryError } from "../errors/registry-error.js";
import type { ImagePolicy } from "../policy/image-policy.js";
import type { CancelSignal } from "../ports/cancel-signal.js";
import type { Clock } from "../ports/clock.js";
import type { Facts, TagFact } from "../ports/facts.js";
import type { Observer } from "../ports/observer.js";
import type { RegistryClient, Repository, TagDetails } from "../ports/registry-client.js";
import { mapBounded } from "./bounded.js";
import { withDeadline } from "./deadline.js";

/** What reading registries needs. */
export interface RegistryReaderSettings {
  readonly clients: readonly RegistryClient[];
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly metadataConcurrency: number;
  readonly platform: string;
  readonly signal: CancelSignal | undefined;
  readonly observer: Observer | undefined;
}

/** Reads what decisions need; lives for one cycle, in which nothing is asked for twice. */
export interface RegistryReader {
  /** The facts for one image. Never throws: what failed is in the facts. */
  readFacts(
    policy: ImagePolicy,
    repository: Repository,
    endpoint: Pick<RegistryConfig, "tagSortMode">,
  ): Promise<Facts>;
}

/** A reader whose answers are shared by all images of the cycle that ask with the same credentials. */
export function createRegistryReader(settings: RegistryReaderSettings): RegistryReader {
  const lists = new Map<string, Promise<readonly string[]>>();
  const details = new Map<string, Promise<TagDetails>>();

  function listTags(
    repository: Repository,
    credential: CredentialReference | undefined,
  ): Promise<readonly string[]> {
    return remember(lists, keyOf(repository, credential), () =>
      ask(repository, (client) =>
        client.listTags(repository, { signal: settings.signal, credential }),
      ),
    );
  }

  function describeTag(
    repository: Repository,
    tag: string,
    policy: ImagePolicy,
  ): Promise<TagDetails> {
    const platforms = policy.platforms.length === 0 ? [settings.platform] : policy.platforms;
    const credential = policy.pullSecret;
    const key = keyOf(repository, credential, tag, ...platforms);
    return remember(details, key, () =>
      ask(repository, (client) =>
        client.describeTag(repository, tag, { signal: settings.signal, credential, platforms }),
      ),
    );
  }

  async function ask<T>(
    repository: Repository,
    call: (client: RegistryClient) => Promise<T>,
  ): Promise<T> {
    const client = settings.clients.find((candidate) => candidate.serves(repository));
    const context = { host: repository.host, repository: repository.path };
    if (client === undefined) {
      const message = `no registry client serves ${repository.host}/${repository.path}`;
      throw new RegistryError("no-registry", message, context);
    }
    const seconds = settings.timeoutMs / 1000;
    let failed = true;
    try {
      const answer = await withDeadline(settings.clock, settings.timeoutMs, call(client), () => {
        const message = `${repository.host}/${repository.path} did not answer within ${seconds} s`;
        return new RegistryError("timeout", message, context);
      });
      failed = false;
      return answer;
    } finally {
      settings.observer?.observe({ kind: "registry-read", host: repository.host, failed });
    }
  }

  async function describeAll(
    policy: ImagePolicy,
    repository: Repository,
    names: readonly string[],
  ): Promise<readonly TagFact[]> {
    let failed = false;
    return mapBounded(names, settings.metadataConcurrency, async (name): Promise<TagFact> => {
      // One unreadable candidate already forbids a choice: do not press a registry in trouble.
      if (failed || excludedByName(policy, name) !== undefined) return { name };
      try {
        return { name, details: await describeTag(repository, name, policy) };
      } catch (error) {
        failed = true;
        return { name, details: { kind: "unreadable", error: summarizeError(error) } };
      }
    });
  }

  return {
    async readFacts(policy, repository, endpoint): Promise<Facts> {
      try {
        const followed = policy.strategy.constraint === "only";
        const names = followed
          ? [policy.constraint ?? ""].filter((name) => name !== "")
          : await listTags(repository, policy.pullSecret);
        if (policy.strategy.needs === "names") {
          return { kind: "tags", tags: names.map((name) => ({ name })) };
        }
        const sorted = endpoint.tagSortMode !== "unsorted" && policy.strategy.identity === "tag";
        const tags = sorted
          ? dateByOrder(names, endpoint.tagSortMode === "latest-first")
          : await describeAll(policy, repository, names);
        return { kind: "tags", tags };
      } catch (error) {
        return { kind: "failed", error: summarizeError(error) };
      }
    },
  };
}

/** The order of the list in place of dates, for a registry whose `tagsortmode` says it has one. */
function dateByOrder(names: readonly string[], latestFirst: boolean): readonly TagFact[] {
  return names.map((name, index) => {
    const rank = latestFirst ? names.length - index : index;
    const at = new Date(rank * 1000).toISOString();
    const created = { at, source: "tag-order" };
    return { name, details: { kind: "image", digest: "", created, labels: {}, platforms: [] } };
  });
}

function keyOf(
  repository: Repository,
  credential: CredentialReference | undefined,
  ...more: readonly string[]
): string {
  return JSON.stringify([repository.apiUrl, repository.host, repository.path, credential, ...more]);
}

function remember<T>(
  cache: Map<string, Promise<T>>,
  key: string,
  read: () => Promise<T>,
): Promise<T> {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const reading = read();
  cache.set(key, reading);
  return reading;
}
