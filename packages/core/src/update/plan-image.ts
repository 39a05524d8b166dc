import type { InvalidImage } from "../annotations/parse-annotations.js";
import type { Application } from "../application/application.js";
import { formatCredentialReference } from "../config/parse-credential-reference.js";
import type { ResolvedRegistry } from "../config/resolve-registry.js";
import { decide } from "../decision/decide.js";
import { amendDecision, type Decision } from "../decision/decision.js";
import type { DecisionReason } from "../decision/decision-reason.js";
import { findRunningImage } from "../decision/find-running-image.js";
import { notLive } from "../decision/not-live.js";
import type { Diagnostic } from "../errors/diagnostic.js";
import { RegistryError } from "../errors/registry-error.js";
import { fullName } from "../image/image-names.js";
import type { ImageReference } from "../image/image-reference.js";
import type { ImagePolicy } from "../policy/image-policy.js";
import { secretNamespace } from "../policy/parse-image-policy.js";
import type { Cycle } from "./cycle.js";
import { toDecidedImage, type DecidedImage } from "../effect/decided-image.js";
import type { ImagePlan } from "./plan.js";
import type { SelectedImage } from "./select-images.js";
import { findNearEntry } from "./near-entry.js";
import { findSiblingCredentials } from "./sibling-credentials.js";
import { summarizeFailure } from "./summarize-failure.js";

/** One image of a plan, with what is needed to render it. */
export interface PlannedImage {
  /** Undefined for an image whose settings are wrong. */
  readonly policy?: ImagePolicy | undefined;
  readonly plan: ImagePlan;
  readonly decided?: DecidedImage | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Looks up and decides one image; an image that is not live costs no request. Never throws. */
export async function planImage(
  cycle: Cycle,
  application: Application,
  image: SelectedImage,
  live: readonly ImageReference[],
): Promise<PlannedImage> {
  const { policy, registry } = image;
  try {
    if ("error" in registry) {
      return refused(policy, "error", { code: "internal", error: registry.error });
    }
    if (findRunningImage(policy, live) === undefined) {
      return refused(policy, "not-live", notLive(policy, live));
    }
    const foreign =
      foreignSecret(policy, application.namespace) ??
      foreignSource(policy, application.namespace, cycle.settings.trustedNamespaces);
    if (foreign !== undefined) return refused(policy, "error", foreign);
    const { problem } = registry.endpoint;
    if (problem !== undefined) return refused(policy, "error", unusableEntry(registry, problem));
    return await cycle.reader.inTurn(registry.repository, () =>
      readAndDecide(cycle, { policy, registry }, live),
    );
  } catch (error) {
    return refused(policy, "error", { code: "internal", error: summarizeFailure(error) });
  }
}

async function readAndDecide(
  { reader, settings }: Cycle,
  { policy, registry }: { readonly policy: ImagePolicy; readonly registry: ResolvedRegistry },
  live: readonly ImageReference[],
): Promise<PlannedImage> {
  const now = settings.clock.now();
  let facts = await reader.readFacts(policy, registry);
  let decision = decide({ policy, facts, current: live, now });
  // What was remembered of the chosen tag is confirmed, or replaced and decided upon again.
  for (;;) {
    const confirmed = await reader.confirm(policy, registry, facts, decision.tag);
    if (confirmed === undefined) break;
    facts = confirmed;
    decision = decide({ policy, facts, current: live, now });
  }
  const { registriesConf = [] } = settings;
  const siblings = findSiblingCredentials(policy, registry, registriesConf, facts);
  const near = siblings.length > 0 ? [] : findNearEntry(policy, registry, registriesConf, facts);
  return planned(policy, refuseUnverified(policy, decision), live, [...siblings, ...near]);
}

/** The plan of an image whose settings are wrong: its error. */
export function planInvalidImage({ text, alias, problem }: InvalidImage): PlannedImage {
  const isAliased = alias !== undefined && text.startsWith(`${alias}=`);
  const decision: Decision = {
    outcome: "error",
    reason: { code: "invalid-settings", text: problem.message },
    tags: [],
    diagnostics: [problem],
  };
  const plan: ImagePlan = {
    ...(alias === undefined ? {} : { alias }),
    image: isAliased ? text.slice(alias.length + 1) : text,
    decision,
  };
  // Whoever read the Application has its diagnostics already.
  return { plan, diagnostics: [] };
}

/** An update that is to be verified is not made unverified. */
function refuseUnverified(policy: ImagePolicy, decision: Decision): Decision {
  if (policy.verification === undefined || decision.outcome !== "update") return decision;
  const reason = { code: "verification-unavailable", image: fullName(policy.image) } as const;
  return amendDecision(decision, { outcome: "error", reason });
}

/** An entry of registries.conf that cannot be used: without it, another registry would answer. */
function unusableEntry({ repository }: ResolvedRegistry, problem: string): DecisionReason {
  const { host, path } = repository;
  const error = new RegistryError("no-registry", `${host}: ${problem}`, { host, repository: path });
  return { code: "facts-failed", error: summarizeFailure(error) };
}

function foreignSecret(policy: ImagePolicy, namespace: string): DecisionReason | undefined {
  const { pullSecret } = policy;
  const named = secretNamespace(pullSecret);
  if (pullSecret === undefined || named === undefined || named === namespace) return undefined;
  return { code: "foreign-secret-namespace", reference: formatCredentialReference(pullSecret) };
}

/** A program or a variable of the controller's, named by somebody who may not. */
function foreignSource(
  { pullSecret }: ImagePolicy,
  namespace: string,
  trusted: readonly string[] = [],
): DecisionReason | undefined {
  if (pullSecret?.kind !== "ext" && pullSecret?.kind !== "env") return undefined;
  if (trusted.includes(namespace)) return undefined;
  const reference = formatCredentialReference(pullSecret);
  return { code: "credentials-not-allowed", reference, namespace };
}

function planned(
  policy: ImagePolicy,
  decision: Decision,
  live: readonly ImageReference[],
  siblings: readonly Diagnostic[],
): PlannedImage {
  const decided = toDecidedImage(policy, decision, live);
  const newImage = decision.outcome === "update" ? decided?.wanted.toString() : undefined;
  return {
    policy,
    plan: { ...describe(policy), decision, ...(newImage === undefined ? {} : { newImage }) },
    decided,
    diagnostics: [...decision.diagnostics, ...siblings],
  };
}

function refused(
  policy: ImagePolicy,
  outcome: Decision["outcome"],
  reason: DecisionReason,
): PlannedImage {
  const decision: Decision = { outcome, reason, tags: [], diagnostics: [] };
  return { policy, plan: { ...describe(policy), decision }, diagnostics: [] };
}

function describe(policy: ImagePolicy): Omit<ImagePlan, "decision"> {
  return {
    ...(policy.alias === undefined ? {} : { alias: policy.alias }),
    image: fullName(policy.image),
    ...(policy.constraint === undefined ? {} : { constraint: policy.constraint }),
    strategy: policy.strategy.name,
  };
}
