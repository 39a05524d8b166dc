import type { InvalidImage } from "../annotations/parse-annotations.js";
import type { Application } from "../application/application.js";
import { resolveRegistry, type ResolvedRegistry } from "../config/resolve-registry.js";
import type { ErrorSummary } from "../errors/image-updater-error.js";
import type { ImagePolicy } from "../policy/image-policy.js";
import { findStrategy } from "../strategy/find-strategy.js";
import type { Cycle } from "./cycle.js";
import { summarizeFailure } from "./summarize-failure.js";

/** An image to look at, and where its tags are; or what kept us from finding out. */
export interface SelectedImage {
  readonly policy: ImagePolicy;
  readonly registry: ResolvedRegistry | { readonly error: ErrorSummary };
}

/** An application with the images of it that the cycle looks at. */
export interface SelectedApplication {
  readonly application: Application;
  readonly images: readonly SelectedImage[];
  /** Images that `only` leaves out. */
  readonly others: readonly ImagePolicy[];
  readonly invalidImages: readonly InvalidImage[];
}

/**
 * The images of an application that the cycle looks at; undefined when `only` leaves out all of them.
 *
 * Nobody can tell whether `only` means an image whose settings are wrong: with it they are left out.
 */
export function selectImages(cycle: Cycle, read: Application): SelectedApplication | undefined {
  const application = withKnownImages(cycle, read);
  const looked = application.policies.map((policy) => ({
    policy,
    image: selectImage(cycle, application, policy),
  }));
  const images = looked.flatMap(({ image }) => image ?? []);
  const others = looked.flatMap(({ policy, image }) => (image === undefined ? [policy] : []));
  if (cycle.only === undefined) {
    return { application, images, others, invalidImages: application.invalidImages };
  }
  return images.length === 0 ? undefined : { application, images, others, invalidImages: [] };
}

function selectImage(
  cycle: Cycle,
  { name, namespace }: Application,
  configured: ImagePolicy,
): SelectedImage | undefined {
  const policy = withKnownStrategy(configured, cycle);
  try {
    const registry = resolveRegistry(policy.image, cycle.settings.registriesConf);
    const { host, path } = registry.repository;
    const care = { application: { name, namespace }, alias: policy.alias, host, path };
    return cycle.only === undefined || cycle.only(care) ? { policy, registry } : undefined;
  } catch (error) {
    return { policy, registry: { error: summarizeFailure(error) } };
  }
}

/** An image that was left out for its strategy alone is cared for where the updater knows the strategy. */
function withKnownImages({ settings }: Cycle, application: Application): Application {
  const isKnown = ({ policy }: InvalidImage): boolean =>
    policy?.unknownStrategy !== undefined &&
    findStrategy(policy.unknownStrategy, settings.strategies).unknownName === undefined;
  const found = application.invalidImages.filter(isKnown);
  if (found.length === 0) return application;
  return {
    ...application,
    policies: [...application.policies, ...found.flatMap(({ policy }) => policy ?? [])],
    invalidImages: application.invalidImages.filter((image) => !isKnown(image)),
  };
}

/** A strategy that the application's reader did not know may be one of the updater's. */
function withKnownStrategy(policy: ImagePolicy, { settings }: Cycle): ImagePolicy {
  if (policy.unknownStrategy === undefined) return policy;
  const found = findStrategy(policy.unknownStrategy, settings.strategies);
  return found.unknownName === undefined ? { ...policy, strategy: found.strategy } : policy;
}
