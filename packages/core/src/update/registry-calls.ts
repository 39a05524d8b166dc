import { RegistryError } from "../errors/registry-error.js";
import type { ImagePolicy } from "../policy/image-policy.js";
import type { CancelSignal } from "../ports/cancel-signal.js";
import type { Clock } from "../ports/clock.js";
import type { Observer } from "../ports/observer.js";
import type {
  RegistryClient,
  Repository,
  TagDetails,
  TagSummary,
} from "../ports/registry-client.js";
import { withDeadline } from "./deadline.js";

/** What calling registries needs. */
export interface RegistryCallSettings {
  readonly clients: readonly RegistryClient[];
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly platform: string;
  readonly signal: CancelSignal | undefined;
  readonly observer: Observer;
}

/** Calls of one cycle: each is bounded in time, and nothing is asked for twice. */
export interface RegistryCalls {
  /** The platforms an image is wanted for. */
  platformsOf(policy: ImagePolicy): readonly string[];
  listTags(policy: ImagePolicy, repository: Repository): Promise<readonly string[]>;
  describeTag(policy: ImagePolicy, repository: Repository, tag: string): Promise<TagDetails>;
  resolveDigest(
    policy: ImagePolicy,
    repository: Repository,
    tag: string,
  ): Promise<string | undefined>;
  /** Undefined where the client has no vendor's API for it. */
  summarizeTags(
    policy: ImagePolicy,
    repository: Repository,
  ): Promise<readonly TagSummary[]> | undefined;
}

/** Starts a cycle's calls; images that ask the same with the same credentials share the answer. */
export function createRegistryCalls(settings: RegistryCallSettings): RegistryCalls {
  const { signal } = settings;
  const lists = new Map<string, Promise<readonly string[]>>();
  const details = new Map<string, Promise<TagDetails>>();
  const digests = new Map<string, Promise<string | undefined>>();
  const summaries = new Map<string, Promise<readonly TagSummary[]>>();
  const platformsOf = ({ platforms }: ImagePolicy): readonly string[] =>
    platforms.length === 0 ? [settings.platform] : platforms;

  return {
    platformsOf,
    listTags(policy, repository): Promise<readonly string[]> {
      const options = { signal, credential: policy.pullSecret };
      return remember(lists, keyOf(policy, repository), () =>
        ask(settings, repository, (client) => client.listTags(repository, options)),
      );
    },
    describeTag(policy, repository, tag): Promise<TagDetails> {
      const platforms = platformsOf(policy);
      const options = { signal, credential: policy.pullSecret, platforms };
      return remember(details, keyOf(policy, repository, tag, ...platforms), () =>
        ask(settings, repository, (client) => client.describeTag(repository, tag, options)),
      );
    },
    resolveDigest(policy, repository, tag): Promise<string | undefined> {
      const options = { signal, credential: policy.pullSecret };
      return remember(digests, keyOf(policy, repository, tag), () =>
        ask(settings, repository, (client) => client.resolveDigest(repository, tag, options)),
      );
    },
    summarizeTags(policy, repository): Promise<readonly TagSummary[]> | undefined {
      const client = settings.clients.find((candidate) => candidate.serves(repository));
      if (client?.describeTags === undefined) return undefined;
      const options = { signal, credential: policy.pullSecret };
      return remember(summaries, keyOf(policy, repository), () =>
        ask(
          settings,
          repository,
          ({ describeTags }) => describeTags?.(repository, options) ?? Promise.resolve([]),
        ),
      );
    },
  };
}

async function ask<T>(
  { clients, clock, timeoutMs, signal, observer }: RegistryCallSettings,
  repository: Repository,
  call: (client: RegistryClient) => Promise<T>,
): Promise<T> {
  const { host, path } = repository;
  const context = { host, repository: path };
  const client = clients.find((candidate) => candidate.serves(repository));
  if (client === undefined) {
    const message = `no registry client serves ${host}/${path}; pass one in the updater's registries setting`;
    throw new RegistryError("no-registry", message, context);
  }
  const failure = (code: "timeout" | "cancelled"): RegistryError => {
    const late = `${host}/${path} did not answer within ${timeoutMs / 1000} s`;
    const cancelled = `the cycle was cancelled before ${host}/${path} answered`;
    return new RegistryError(code, code === "timeout" ? late : cancelled, context);
  };
  let failed = true;
  try {
    const answer = await withDeadline({ clock, ms: timeoutMs, signal, failure }, () =>
      call(client),
    );
    failed = false;
    return answer;
  } finally {
    observer.observe({ kind: "registry-read", host, failed });
  }
}

function keyOf(policy: ImagePolicy, repository: Repository, ...more: readonly string[]): string {
  const { apiUrl, host, path } = repository;
  return JSON.stringify([apiUrl, host, path, policy.pullSecret, ...more]);
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
