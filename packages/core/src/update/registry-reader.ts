import type { ResolvedRegistry } from "../config/resolve-registry.js";
import { excludedByName } from "../decision/filter-tags.js";
import { RegistryError, type RegistryErrorCode } from "../errors/registry-error.js";
import type { ImagePolicy } from "../policy/image-policy.js";
import type { FactsCache } from "../ports/facts-cache.js";
import type { Facts, TagFact } from "../ports/facts.js";
import type { TagDetails, TagSummary } from "../ports/registry-client.js";
import { mapBounded } from "./bounded.js";
import {
  createRegistryCalls,
  type RegistryCalls,
  type RegistryCallSettings,
} from "./registry-calls.js";
import { summarizeFailure } from "./summarize-failure.js";
import { openTagMemory, type TagMemory } from "./tag-memory.js";

/** What reading registries needs. */
export interface RegistryReaderSettings extends RegistryCallSettings {
  readonly metadataConcurrency: number;
  readonly cache: FactsCache;
  /** How long a tag that is not chosen is taken from memory, in milliseconds. */
  readonly tagTtlMs: number;
}

/** Reads what decisions need; lives for one cycle, in which nothing is asked for twice. */
export interface RegistryReader extends Pick<RegistryCalls, "inTurn"> {
  /** The facts for one image. Never throws: what failed is in the facts. */
  readFacts(policy: ImagePolicy, registry: ResolvedRegistry): Promise<Facts>;
  /**
   * The facts with the chosen tag looked at, where what is known of it is provisional; undefined when
   * it stands. Never throws.
   */
  confirm(
    policy: ImagePolicy,
    registry: ResolvedRegistry,
    facts: Facts,
    tag: string | undefined,
  ): Promise<Facts | undefined>;
}

/** One image's way to its registry. */
interface Reading {
  readonly policy: ImagePolicy;
  readonly registry: ResolvedRegistry;
  readonly calls: RegistryCalls;
  readonly memory: TagMemory;
  readonly plainFacts: (names: readonly string[]) => readonly TagFact[];
}

/** A reader whose answers are shared by all images of the cycle that ask with the same credentials. */
export function createRegistryReader(settings: RegistryReaderSettings): RegistryReader {
  const calls = createRegistryCalls(settings);
  const plainFacts = shareFacts();
  const open = (policy: ImagePolicy, registry: ResolvedRegistry): Reading => {
    const platforms = calls.platformsOf(policy);
    const memory = openTagMemory(policy, registry, { ...settings, platforms });
    return { policy, registry, calls, memory, plainFacts };
  };
  return {
    inTurn: calls.inTurn,
    async readFacts(policy, registry): Promise<Facts> {
      try {
        const tags = await readTags(open(policy, registry), settings.metadataConcurrency);
        return { kind: "tags", tags };
      } catch (error) {
        return { kind: "failed", error: summarizeFailure(error) };
      }
    },
    async confirm(policy, registry, facts, tag): Promise<Facts | undefined> {
      if (facts.kind === "failed" || tag === undefined) return undefined;
      const fact = facts.tags.find(({ name, provisional }) => name === tag && provisional);
      if (fact === undefined) return undefined;
      const confirmed = await confirmTag(open(policy, registry), fact);
      return { kind: "tags", tags: facts.tags.map((one) => (one === fact ? confirmed : one)) };
    },
  };
}

/** Images that share a list share what is made of it. */
function shareFacts(): Reading["plainFacts"] {
  const made = new WeakMap<readonly string[], readonly TagFact[]>();
  return (names) => {
    const facts = made.get(names) ?? names.map((name) => ({ name }));
    made.set(names, facts);
    return facts;
  };
}

async function readTags(reading: Reading, concurrency: number): Promise<readonly TagFact[]> {
  const { policy, registry, calls } = reading;
  const { repository, endpoint } = registry;
  const { needs, constraint, requiresDate } = policy.strategy;
  if (needs === "details" && constraint === "only") return readFollowed(reading);
  if (needs === "details") {
    const summaries = await calls.summarizeTags(policy, repository);
    if (summaries !== undefined) return summaries.map(fromSummary);
  }
  const names = await calls.listTags(policy, repository);
  if (needs === "names") return reading.plainFacts(names);
  const dated = requiresDate === true && endpoint.tagSortMode !== "unsorted";
  return dated
    ? dateByOrder(names, endpoint.tagSortMode === "latest-first")
    : describeAll(reading, names, concurrency);
}

/** The one tag that the constraint names costs no list, unless it is gone. */
async function readFollowed(reading: Reading): Promise<readonly TagFact[]> {
  const { policy, registry, calls } = reading;
  const { constraint = "" } = policy;
  if (constraint === "") return [];
  if (excludedByName(policy, constraint) !== undefined) return [{ name: constraint }];
  const fact = await confirmTag(reading, { name: constraint });
  if (fact.details?.kind !== "gone") return [fact];
  // The list tells a tag that is gone from a repository that does not exist, which is an error.
  const names = await calls.listTags(policy, registry.repository);
  return [{ ...fact, listed: names.includes(constraint) }];
}

async function describeAll(
  reading: Reading,
  names: readonly string[],
  concurrency: number,
): Promise<readonly TagFact[]> {
  let failed = false;
  let read = 0;
  let refused = 0;
  const facts = await mapBounded(names, concurrency, async (name): Promise<TagFact> => {
    // One unreadable candidate already forbids a choice: do not press a registry in trouble.
    if (failed || excludedByName(reading.policy, name) !== undefined) return { name };
    const remembered = await reading.memory.recallTag(name);
    if (remembered !== undefined) return { name, details: remembered, provisional: true };
    const fact = await describe(reading, name);
    if (isForbidden(fact)) refused += 1;
    else if (fact.details?.kind === "unreadable") failed = true;
    else read += 1;
    // Nobody is let in, by all appearance.
    if (read === 0 && refused === MOST_REFUSALS) failed = true;
    return fact;
  });
  if (failed || refused === 0) return facts;
  const isLetIn = read > 0 || (await readsAnother(reading, facts));
  return isLetIn ? facts.map(onlyRefused) : facts;
}

/** More 403 in a row are not looked for. */
const MOST_REFUSALS = 100;

function isForbidden({ details }: TagFact): boolean {
  return details?.kind === "unreadable" && details.error.code === "forbidden";
}

/**
 * Who is let in and may not have one tag will not get it another time either, as where a scanner
 * blocks it; where nobody can read anything, a 403 says nothing of the tag.
 */
function onlyRefused(fact: TagFact): TagFact {
  if (fact.details?.kind !== "unreadable" || !isForbidden(fact)) return fact;
  const { message } = fact.details.error;
  return { name: fact.name, details: { kind: "refused", text: message }, mayPass: true };
}

/** Whether a tag that was taken from memory can be read now, with the same credentials. */
async function readsAnother(reading: Reading, facts: readonly TagFact[]): Promise<boolean> {
  const known = facts.find(({ provisional }) => provisional === true);
  if (known === undefined) return false;
  const { details } = await describe(reading, known.name);
  return details !== undefined && details.kind !== "unreadable" && details.kind !== "gone";
}

async function describe(
  { policy, registry, calls, memory }: Reading,
  name: string,
): Promise<TagFact> {
  try {
    const details = await calls.describeTag(policy, registry.repository, name);
    await memory.keep(name, details);
    return { name, details };
  } catch (error) {
    return { name, details: { kind: "unreadable", error: summarizeFailure(error) } };
  }
}

/** Asks where the tag points now; what is there is read only if its digest is new. */
async function confirmTag(reading: Reading, fact: TagFact): Promise<TagFact> {
  const { policy, registry, calls, memory } = reading;
  const { name } = fact;
  try {
    if (await isUnread(memory, fact)) return ordered(await describe(reading, name), fact);
    const digest = await calls.resolveDigest(policy, registry.repository, name);
    if (digest === undefined) return gone(fact);
    const known = await memory.recallDigest(digest);
    if (known === undefined) return ordered(await describe(reading, name), fact);
    await memory.keep(name, known);
    return ordered({ name, details: known }, fact);
  } catch (error) {
    // A description may tell why a digest is not given out, and that it will not be.
    if (RegistryError.is(error) && LASTING.has(error.code)) {
      return ordered(await describe(reading, name), fact);
    }
    return { name, details: { kind: "unreadable", error: summarizeFailure(error) } };
  }
}

const LASTING: ReadonlySet<RegistryErrorCode> = new Set(["invalid-response", "not-found"]);

/** What was known of its date tells later whether it was newer than what is left. */
function gone({ name, details }: TagFact): TagFact {
  const was = details?.kind === "image" ? details.created : undefined;
  return { name, details: { kind: "gone" }, ...(was === undefined ? {} : { was }) };
}

/** A digest that a vendor names and nobody has read yet: it must be read wherever the tag points. */
async function isUnread(memory: TagMemory, { details }: TagFact): Promise<boolean> {
  if (details?.kind !== "image") return false;
  return (await memory.recallDigest(details.digest)) === undefined;
}

/** A vendor's times stay what its tags are ordered by: two clocks in one order would be none. */
function ordered(confirmed: TagFact, provisional: TagFact): TagFact {
  const { details } = confirmed;
  const said = provisional.details;
  if (details?.kind === "gone") return gone(provisional);
  if (details?.kind !== "image" || said?.kind !== "image") return confirmed;
  const { created } = said;
  if (created === undefined || created.source === "image-config") return confirmed;
  return { ...confirmed, details: { ...details, created } };
}

function fromSummary({ name, digest = "", created }: TagSummary): TagFact {
  const times = created === undefined ? {} : { created };
  const details: TagDetails = { kind: "image", digest, ...times, labels: {}, platforms: [] };
  return { name, details, provisional: true };
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
