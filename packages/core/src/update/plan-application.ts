import { amendDecision } from "../decision/decision.js";
import type { ErrorSummary } from "../errors/image-updater-error.js";
import { WriteBackError } from "../errors/write-back-error.js";
import type { Application } from "../application/application.js";
import type { ImageReference } from "../image/image-reference.js";
import { DEFAULT_HELM_NAME } from "../policy/default-helm-names.js";
import type { ImagePolicy } from "../policy/image-policy.js";
import { mapBounded } from "./bounded.js";
import type { Cycle } from "./cycle.js";
import type { ApplicationPlan } from "./plan.js";
import { planImage, planInvalidImage, type PlannedImage } from "./plan-image.js";
import { renderChange, type RenderedChange } from "./render-change.js";
import { standsInSpec } from "../effect/render-source-changes.js";
import type { SelectedApplication } from "./select-images.js";
import { stopAtSharedPlaces } from "./shared-places.js";
import { imagesWithoutName } from "./written-places.js";
import { summarizeFailure } from "./summarize-failure.js";

/** What runs now, or why that is not known. */
export type LiveImages =
  | { readonly kind: "known"; readonly images: readonly ImageReference[] }
  | { readonly kind: "failed"; readonly error: ErrorSummary };

const IMAGES_AT_ONCE = 4;

/** An application with its plan, and what it takes to plan it again once its files are known. */
export interface PlannedApplication {
  readonly application: Application;
  readonly images: readonly PlannedImage[];
  /** Images that run. */
  readonly live: readonly ImageReference[];
  readonly plan: ApplicationPlan;
}

/** Plans one application without its files. Never throws. */
export async function planApplication(
  cycle: Cycle,
  selected: SelectedApplication,
  live: LiveImages,
): Promise<PlannedApplication> {
  const { application } = selected;
  const images = [
    ...(await planImages(cycle, selected, live)),
    ...selected.invalidImages.map((image) => planInvalidImage(image)),
  ];
  const running = live.kind === "known" ? live.images : [];
  const plan = planOf(cycle, application, images, live);
  return { application, images, live: running, plan };
}

function planOf(
  cycle: Cycle,
  application: Application,
  planned: readonly PlannedImage[],
  live: LiveImages,
): ApplicationPlan {
  const base = {
    application: { name: application.name, namespace: application.namespace },
    images: planned.map(({ plan }) => plan),
    previews: [],
    diagnostics: planned.flatMap(({ diagnostics }) => diagnostics),
  };
  if (live.kind === "failed") return { ...base, error: live.error };
  try {
    const rendered = render(cycle, application, planned);
    if (rendered === undefined) return base;
    const diagnostics = [...base.diagnostics, ...rendered.diagnostics];
    return { ...base, change: rendered.change, diagnostics };
  } catch (error) {
    return { ...base, error: summarizeFailure(error) };
  }
}

async function planImages(
  cycle: Cycle,
  { application, images, others }: SelectedApplication,
  live: LiveImages,
): Promise<readonly PlannedImage[]> {
  if (live.kind === "failed") return [];
  const looked = await mapBounded(images, IMAGES_AT_ONCE, (image) =>
    planImage(cycle, application, image, live.images),
  );
  const policies = [...images.map(({ policy }) => policy), ...others];
  const nameless = imagesWithoutName(application, policies, live.images);
  const planned = looked
    .map((image) => leaveName(image, nameless))
    .map((image) => stopAtSpec(application, image));
  return stopAtSharedPlaces({ application, planned, others, live: live.images, nameless });
}

function leaveName(image: PlannedImage, nameless: ReadonlySet<ImagePolicy>): PlannedImage {
  const { policy, decided } = image;
  if (decided === undefined || policy === undefined || !nameless.has(policy)) return image;
  const { diagnostics, plan } = image;
  const about = plan.alias ?? plan.image;
  const message = `"${DEFAULT_HELM_NAME}" is not written for ${about}, since another image writes it; name the parameter that holds its name in helm.image-name`;
  const problem = {
    severity: "info",
    code: "shared-place",
    where: { image: about },
    message,
  } as const;
  return {
    ...image,
    decided: { ...decided, leavesName: true },
    diagnostics: [...diagnostics, problem],
  };
}

function render(
  cycle: Cycle,
  application: Application,
  planned: readonly PlannedImage[],
): RenderedChange | undefined {
  if (!planned.some(({ plan }) => plan.decision.outcome === "update")) return undefined;
  const { writeBack } = application;
  if (writeBack === undefined) {
    const target = `${application.namespace}/${application.name}`;
    const message = `the write-back settings of ${target} are wrong; nothing is written before they are right`;
    throw new WriteBackError("unsupported", message, { target });
  }
  const images = planned.flatMap(({ decided }) => (decided === undefined ? [] : [decided]));
  const { controllerNamespace, commit } = cycle;
  return renderChange(application, writeBack, images, { controllerNamespace, commit });
}

/**
 * An update that the Application's spec already holds needs no second write: the spec was changed,
 * only its containers do not run yet.
 */
function stopAtSpec(application: Application, image: PlannedImage): PlannedImage {
  const { decided, plan } = image;
  if (decided === undefined || plan.decision.outcome !== "update") return image;
  if (!standsInSpec(decided, application)) return image;
  const decision = amendDecision(plan.decision, {
    outcome: "up-to-date",
    reason: { code: "already-in-spec", image: decided.wanted.toString() },
  });
  const { newImage: _newImage, ...rest } = plan;
  return { ...image, plan: { ...rest, decision }, decided: { ...decided, decision } };
}
