import { sha256 } from "@noble/hashes/sha2.js";
import { hex, utf8 } from "@scure/base";
import { RegistryError, type RegistryErrorCode } from "../errors/registry-error.js";
import { platformMatches } from "../image/platform.js";
import type { CancelSignal } from "../ports/cancel-signal.js";
import type {
  DescribedImage,
  RegistryClient,
  Repository,
  TagDetails,
} from "../ports/registry-client.js";
import { hang } from "./hang.js";
import type { ImageFixture, RegistryFault, RegistryFixture } from "./registry-fixture.js";

/** Settings of {@link inMemoryRegistry}. */
export interface InMemoryRegistrySettings {
  readonly fixture: RegistryFixture;
  readonly faults?: readonly RegistryFault[] | undefined;
  /** Default: every repository. */
  readonly serves?: ((repository: Repository) => boolean) | undefined;
}

/** A registry of a test, which can be pushed to. */
export interface InMemoryRegistry extends RegistryClient {
  /** Adds an image, or replaces what the tag points to. */
  push(path: string, image: ImageFixture): void;
  /** What was asked for, in order: `tags team/app`, `manifest team/app:1.0`, `digest team/app:1.0`. */
  readonly calls: readonly string[];
}

/** A `RegistryClient` over a fixture, with faults on demand. Keeps the contract of the port. */
export function inMemoryRegistry(settings: InMemoryRegistrySettings): InMemoryRegistry {
  const repositories = new Map(
    Object.entries(settings.fixture).map(([path, images]) => [path, [...images]]),
  );
  const remaining = (settings.faults ?? []).map((fault) => ({
    fault,
    left: fault.times ?? Infinity,
  }));
  const calls: string[] = [];

  async function step(on: RegistryFault["on"], { repository, tag, signal }: Call): Promise<void> {
    if (signal?.aborted === true) throw cancelled(repository);
    const entry = remaining.find(
      ({ fault, left }) => left > 0 && applies(fault, on, repository.path, tag),
    );
    if (entry === undefined) return;
    entry.left -= 1;
    const { behave } = entry.fault;
    if (behave === "hang") await hang(signal, () => cancelled(repository));
    else throw faultError(behave, repository, tag);
  }

  function imagesOf(repository: Repository): readonly ImageFixture[] {
    const images = repositories.get(repository.path);
    if (images !== undefined) return images;
    const message = `${repository.host} has no repository ${repository.path}`;
    throw new RegistryError("not-found", message, contextOf(repository));
  }

  async function find(
    what: "manifest" | "digest",
    call: Call & { readonly tag: string },
  ): Promise<ImageFixture | undefined> {
    const { repository, tag } = call;
    calls.push(`${what} ${repository.path}:${tag}`);
    await step("token", call);
    try {
      await step("manifest", call);
    } catch (error) {
      // As on a registry: a manifest that is not found is an answer.
      if (RegistryError.is(error) && error.code === "not-found") return undefined;
      throw error;
    }
    return repositories.get(repository.path)?.find((image) => image.tag === tag);
  }

  return {
    contract: "registry-client/1",
    calls,
    serves: settings.serves ?? ((): boolean => true),
    push(path, image): void {
      const images = repositories.get(path) ?? [];
      repositories.set(path, [...images.filter(({ tag }) => tag !== image.tag), image]);
    },
    async listTags(repository, options): Promise<readonly string[]> {
      const call = { repository, signal: options?.signal };
      calls.push(`tags ${repository.path}`);
      await step("token", call);
      await step("tags", call);
      await step("tags-page", call);
      return [...new Set(imagesOf(repository).map(({ tag }) => tag))];
    },
    async describeTag(repository, tag, { platforms, signal }): Promise<TagDetails> {
      const call = { repository, tag, signal };
      try {
        const image = await find("manifest", call);
        if (image === undefined) return { kind: "gone" };
        if (image.layout !== "artifact") await step("config", call);
        return describeFixture(image, platforms);
      } catch (error) {
        return rejectionOf(error);
      }
    },
    async resolveDigest(repository, tag, options): Promise<string | undefined> {
      const image = await find("digest", { repository, tag, signal: options?.signal });
      return image === undefined ? undefined : digestOf(image);
    },
  };
}

/** What is missing or blocked stays so, as on a registry; every other failure is thrown again. */
function rejectionOf(error: unknown): TagDetails {
  if (!RegistryError.is(error)) throw error;
  const { code, message: text } = error;
  if (code === "not-found") return { kind: "broken", text };
  if (text.includes("blocked-by-policy")) return { kind: "refused", text };
  throw error;
}

interface Call {
  readonly repository: Repository;
  readonly tag?: string | undefined;
  readonly signal: CancelSignal | undefined;
}

/** What a client answers for an image of a fixture. */
export function describeFixture(image: ImageFixture, wanted: readonly string[]): TagDetails {
  if (image.layout === "artifact") {
    const mediaType = "application/vnd.cncf.helm.config.v1+json";
    return { kind: "not-an-image", mediaType, digest: digestOf(image) };
  }
  const platforms = image.platforms ?? ["linux/amd64"];
  const matching = platforms.filter((have) => wanted.some((want) => platformMatches(want, have)));
  if (matching.length === 0) {
    return { kind: "no-platform", digest: digestOf(image), available: platforms };
  }
  const created = image.created === undefined ? "2024-01-01T00:00:00Z" : image.created;
  const described: DescribedImage = {
    kind: "image",
    digest: digestOf(image),
    labels: image.labels ?? {},
    platforms,
  };
  return created === null
    ? described
    : { ...described, created: { at: created, source: "image-config" } };
}

/** Two images with the same content have the same digest, whatever their tags. */
function digestOf({ tag: _tag, ...content }: ImageFixture): string {
  return `sha256:${hex.encode(sha256(utf8.decode(JSON.stringify(content))))}`;
}

function applies(
  fault: RegistryFault,
  on: RegistryFault["on"],
  path: string,
  tag: string | undefined,
): boolean {
  return (
    (fault.on === on || fault.on === "any") &&
    (fault.repository === undefined || fault.repository === path) &&
    (fault.tag === undefined || fault.tag === tag)
  );
}

const FAULT_CODES: Readonly<Record<Exclude<RegistryFault["behave"], "hang">, RegistryErrorCode>> = {
  unauthorized: "unauthorized",
  forbidden: "forbidden",
  "not-found": "not-found",
  "rate-limited": "rate-limited",
  "server-error": "unavailable",
  garbage: "invalid-response",
  disconnect: "unavailable",
  "wrong-digest": "digest-mismatch",
  "too-large": "too-large",
  "blocked-by-policy": "invalid-response",
};

function faultError(
  behave: keyof typeof FAULT_CODES,
  repository: Repository,
  tag: string | undefined,
): RegistryError {
  const what = tag === undefined ? repository.path : `${repository.path}:${tag}`;
  const message = `${repository.host} answered ${behave} for ${what}`;
  const status = behave === "server-error" ? { status: 503 } : {};
  return new RegistryError(FAULT_CODES[behave], message, { ...contextOf(repository), ...status });
}

function cancelled(repository: Repository): RegistryError {
  const message = `the call to ${repository.host} was cancelled`;
  return new RegistryError("cancelled", message, contextOf(repository));
}

function contextOf({ host, path }: Repository): {
  readonly host: string;
  readonly repository: string;
} {
  return { host, repository: path };
}
