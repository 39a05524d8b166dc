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
import { createPlainSource } from "./cancel-source.js";
import { checkDetails, checkDigest, checkSummaries, checkTagList } from "./check-answers.js";
import { withDeadline, type DeadlineCall } from "./deadline.js";
import { createHostHealth, type HostHealth } from "./host-health.js";
import { createKeyedSemaphore } from "./keyed-semaphore.js";
import { onAbort } from "./on-abort.js";

/** What calling registries needs. */
export interface RegistryCallSettings {
  readonly clients: readonly RegistryClient[];
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** The longest that a call may wait for its turn, in milliseconds. */
  readonly turnMs: number;
  readonly platform: string;
  readonly signal: CancelSignal | undefined;
  readonly observer: Observer;
  /** Images of one host that are read at the same time. */
  readonly imagesPerHost: number;
  /** What a person should hear of once. */
  readonly warn: (message: string) => void;
}

/**
 * An image that takes longer than this lets the next of its host begin, in milliseconds; twice as long
 * each time where the host has answered nobody yet, so that one which is dead is asked a few times.
 */
const LEND_AFTER_MS = 1000;

/** Calls of one cycle: each is bounded in time, and nothing is asked for twice. */
export interface RegistryCalls {
  /**
   * Does the work on one image when it is its turn at its host. Hosts do not wait for each other; one
   * that has not answered yet gets one image, another after 1 s, after 2 s more, and so on.
   */
  inTurn<T>(repository: Repository, work: () => Promise<T>): Promise<T>;
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
  const { clock, imagesPerHost, warn } = settings;
  const health = createHostHealth({ onAnswer: (host) => turns.wake(host), onDown: warn });
  const turns = createKeyedSemaphore({
    clock,
    limitOf: (host) => (health.hasAnswered(host) ? imagesPerHost : 1),
    lendAfterMs: (host, lent) => LEND_AFTER_MS * (health.hasAnswered(host) ? 1 : 2 ** lent),
  });
  const asking = { ...settings, health };
  const lists = new Map<string, Promise<readonly string[]>>();
  const details = new Map<string, Promise<TagDetails>>();
  const digests = new Map<string, Promise<string | undefined>>();
  const summaries = new Map<string, Promise<readonly TagSummary[]>>();
  const platformsOf = ({ platforms }: ImagePolicy): readonly string[] =>
    platforms.length === 0 ? [settings.platform] : platforms;

  return {
    platformsOf,
    inTurn: ({ apiUrl }, work) => turns.run(apiUrl, work),
    listTags(policy, repository): Promise<readonly string[]> {
      const credential = policy.pullSecret;
      return remember(lists, keyOf(policy, repository), () =>
        ask(asking, repository, async (client, call) =>
          checkTagList(await client.listTags(repository, { ...call, credential }), repository),
        ),
      );
    },
    describeTag(policy, repository, tag): Promise<TagDetails> {
      const platforms = platformsOf(policy);
      const more = { credential: policy.pullSecret, platforms };
      return remember(details, keyOf(policy, repository, tag, ...platforms), () =>
        ask(asking, repository, async (client, call) =>
          checkDetails(await client.describeTag(repository, tag, { ...call, ...more }), repository),
        ),
      );
    },
    resolveDigest(policy, repository, tag): Promise<string | undefined> {
      const credential = policy.pullSecret;
      return remember(digests, keyOf(policy, repository, tag), () =>
        ask(asking, repository, async (client, call) =>
          checkDigest(
            await client.resolveDigest(repository, tag, { ...call, credential }),
            repository,
          ),
        ),
      );
    },
    summarizeTags(policy, repository): Promise<readonly TagSummary[]> | undefined {
      const client = settings.clients.find((candidate) => candidate.serves(repository));
      if (client?.describeTags === undefined) return undefined;
      const credential = policy.pullSecret;
      return remember(summaries, keyOf(policy, repository), () =>
        ask(asking, repository, async (asked, call) =>
          checkSummaries(
            await asked.describeTags?.(repository, { ...call, credential }),
            repository,
          ),
        ),
      );
    },
  };
}

async function ask<T>(
  settings: RegistryCallSettings & { readonly health: HostHealth },
  repository: Repository,
  call: (client: RegistryClient, options: DeadlineCall) => Promise<T>,
): Promise<T> {
  const { clients, clock, timeoutMs: ms, turnMs, signal, observer, health } = settings;
  const { host, path } = repository;
  const context = { host, repository: path };
  const client = clients.find((candidate) => candidate.serves(repository));
  if (client === undefined) {
    const message = `no registry client serves ${host}/${path}; pass one in the updater's registries setting`;
    throw new RegistryError("no-registry", message, context);
  }
  const refusal = health.refusal(repository);
  if (refusal !== undefined) throw refusal;
  const failure = (code: "timeout" | "cancelled"): RegistryError => {
    const late = `${host}/${path} did not answer within ${ms / 1000} s`;
    const cancelled = `the cycle was cancelled before ${host}/${path} answered`;
    const message = code === "timeout" ? late : cancelled;
    return health.refusal(repository) ?? new RegistryError(code, message, context);
  };
  const end = eitherOf(signal, health.downSignal(repository));
  const deadline = { clock, ms, turnMs, signal: end.signal, failure };
  let failed: unknown;
  try {
    return await withDeadline(deadline, (options) => call(client, options));
  } catch (error) {
    failed = error ?? new TypeError("nothing was thrown");
    throw error;
  } finally {
    end.stop();
    health.end(repository, failed);
    observer.observe({ kind: "registry-read", host, failed: failed !== undefined });
  }
}

/** Aborted as soon as one of the two is. */
function eitherOf(
  one: CancelSignal | undefined,
  other: CancelSignal,
): { readonly signal: CancelSignal; stop(): void } {
  const { signal, abort } = createPlainSource();
  if (one?.aborted === true || other.aborted) abort();
  const stops = [onAbort(one, abort), onAbort(other, abort)];
  return { signal, stop: () => stops.forEach((stop) => stop()) };
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
