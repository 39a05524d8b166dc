import type { Application } from "../application/application.js";
import { formatCredentialReference } from "../config/parse-credential-reference.js";
import { resolveRegistry } from "../config/resolve-registry.js";
import { siblingHosts } from "../config/sibling-hosts.js";
import type { RegistryConfig } from "../config/registry-config.js";
import { decide } from "../decision/decide.js";
import type { Decision } from "../decision/decision.js";
import type { DecisionReason } from "../decision/decision-reason.js";
import { findRunningImage } from "../decision/find-running-image.js";
import type { Diagnostic } from "../errors/diagnostic.js";
import { summarizeError } from "../errors/image-updater-error.js";
import { fullName } from "../image/image-names.js";
import type { ImageReference } from "../image/image-reference.js";
import type { ImagePolicy } from "../policy/image-policy.js";
import { secretNamespace } from "../policy/parse-image-policy.js";
import type { Facts } from "../ports/facts.js";
import type { Repository } from "../ports/registry-client.js";
import { findStrategy } from "../strategy/find-strategy.js";
import type { Cycle } from "./cycle.js";
import { toDecidedImage, type DecidedImage } from "./decided-image.js";
import type { ImagePlan } from "./plan.js";

/** One image of a plan, with what is needed to render it. */
export interface PlannedImage {
  readonly plan: ImagePlan;
  readonly decided?: DecidedImage | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Looks up and decides one image. Undefined when `only` leaves it out; never throws.
 *
 * An image that is not live costs no request.
 */
export async function planImage(
  cycle: Cycle,
  application: Application,
  configured: ImagePolicy,
  live: readonly ImageReference[],
): Promise<PlannedImage | undefined> {
  const policy = withKnownStrategy(configured, cycle);
  try {
    const { repository, endpoint } = resolveRegistry(policy.image, cycle.settings.registriesConf);
    const care = {
      application: { name: application.name, namespace: application.namespace },
      alias: policy.alias,
      host: repository.host,
      path: repository.path,
    };
    if (cycle.only !== undefined && !cycle.only(care)) return undefined;
    if (findRunningImage(policy, live) === undefined) {
      return withoutEdit(policy, refuse("not-live", { code: "not-live" }));
    }
    const foreign = foreignSecret(policy, application.namespace);
    if (foreign !== undefined) return withoutEdit(policy, refuse("error", foreign));
    const facts = await cycle.reader.readFacts(policy, repository, endpoint);
    const now = cycle.settings.clock.now();
    const decision = decide({ policy, facts, current: live, now });
    const siblings = siblingCredentials(cycle, policy, repository, endpoint, facts);
    return planned(policy, decision, siblings);
  } catch (error) {
    const failed: DecisionReason = { code: "internal", error: summarizeError(error) };
    return withoutEdit(policy, refuse("error", failed));
  }
}

/** A strategy that the application's reader did not know may be one of the updater's. */
function withKnownStrategy(policy: ImagePolicy, cycle: Cycle): ImagePolicy {
  if (policy.unknownStrategy === undefined) return policy;
  const found = findStrategy(policy.unknownStrategy, cycle.settings.strategies ?? []);
  return found.unknownName === undefined ? { ...policy, strategy: found.strategy } : policy;
}

function foreignSecret(policy: ImagePolicy, namespace: string): DecisionReason | undefined {
  const { pullSecret } = policy;
  const named = secretNamespace(pullSecret);
  if (pullSecret === undefined || named === undefined || named === namespace) return undefined;
  return { code: "foreign-secret-namespace", reference: formatCredentialReference(pullSecret) };
}

/** Credentials for a sibling of the image's host, and none for the host itself, are a likely slip. */
function siblingCredentials(
  cycle: Cycle,
  policy: ImagePolicy,
  repository: Repository,
  endpoint: RegistryConfig,
  facts: Facts,
): readonly Diagnostic[] {
  if (endpoint.credentials !== undefined || policy.pullSecret !== undefined) return [];
  const known = (cycle.settings.registriesConf ?? []).flatMap(({ credentials, prefix }) =>
    credentials === undefined || prefix === undefined ? [] : [prefix.split("/")[0] ?? ""],
  );
  const siblings = siblingHosts(repository.host, known);
  if (siblings.length === 0) return [];
  const message = `credentials are configured for ${siblings.join(", ")} but none for ${repository.host}, which the image uses`;
  const severity = facts.kind === "failed" ? "error" : "warning";
  const where = { host: repository.host, image: policy.alias ?? fullName(policy.image) };
  return [{ severity, code: "sibling-host-credentials", where, message }];
}

function planned(
  policy: ImagePolicy,
  decision: Decision,
  siblings: readonly Diagnostic[],
): PlannedImage {
  const decided = toDecidedImage(policy, decision);
  const newImage = decision.outcome === "update" ? decided?.wanted.toString() : undefined;
  return {
    plan: { ...describe(policy), decision, ...(newImage === undefined ? {} : { newImage }) },
    decided,
    diagnostics: [...decision.diagnostics, ...siblings],
  };
}

function withoutEdit(policy: ImagePolicy, decision: Decision): PlannedImage {
  return { plan: { ...describe(policy), decision }, diagnostics: [] };
}

function refuse(outcome: Decision["outcome"], reason: DecisionReason): Decision {
  return { outcome, reason, tags: [], diagnostics: [] };
}

function describe(policy: ImagePolicy): Omit<ImagePlan, "decision"> {
  return {
    ...(policy.alias === undefined ? {} : { alias: policy.alias }),
    image: fullName(policy.image),
    ...(policy.constraint === undefined ? {} : { constraint: policy.constraint }),
    strategy: policy.strategy.name,
  };
}
