import type { InvalidImage } from "../annotations/parse-annotations.js";
import type { Application } from "../application/application.js";
import type { Diagnostic } from "../errors/diagnostic.js";
import { summarizeError, type ErrorSummary } from "../errors/image-updater-error.js";
import { EditError } from "../errors/edit-error.js";
import type { ImageReference } from "../image/image-reference.js";
import { mapBounded } from "./bounded.js";
import type { Cycle } from "./cycle.js";
import type { DecidedImage } from "./decided-image.js";
import { logImage } from "./log-image.js";
import type { ApplicationPlan, ImagePlan } from "./plan.js";
import { planImage, type PlannedImage } from "./plan-image.js";
import { overrideKindOf, renderChange } from "./render-change.js";
import { standsInSpec } from "./render-source-changes.js";

/** What runs now, or why that is not known. */
export type LiveImages =
  | { readonly kind: "known"; readonly images: readonly ImageReference[] }
  | { readonly kind: "failed"; readonly error: ErrorSummary };

/** Plans one application without previews. Never throws. */
export async function planApplication(
  cycle: Cycle,
  application: Application,
  live: LiveImages,
): Promise<ApplicationPlan> {
  const identity = { name: application.name, namespace: application.namespace };
  const invalid = application.invalidImages.map(invalidPlan);
  if (live.kind === "failed") {
    return {
      application: identity,
      images: invalid,
      previews: [],
      error: live.error,
      diagnostics: [],
    };
  }
  const results = await mapBounded(application.policies, 4, (policy) =>
    planImage(cycle, application, policy, live.images),
  );
  const planned = results
    .filter((result) => result !== undefined)
    .map((result) => stopAtSpec(application, result));
  for (const { plan } of planned) logImage(cycle, application, plan);
  const images = [...planned.map(({ plan }) => plan), ...invalid];
  const diagnostics = planned.flatMap((result) => result.diagnostics);
  const base = { application: identity, images, previews: [] };
  try {
    const rendered = render(cycle, application, planned);
    return rendered === undefined
      ? { ...base, diagnostics }
      : {
          ...base,
          change: rendered.change,
          diagnostics: [...diagnostics, ...rendered.diagnostics],
        };
  } catch (error) {
    return { ...base, error: summarizeError(error), diagnostics };
  }
}

function render(
  cycle: Cycle,
  application: Application,
  planned: readonly PlannedImage[],
): ReturnType<typeof renderChange> {
  const images: readonly DecidedImage[] = planned.flatMap(({ decided }) =>
    decided === undefined ? [] : [decided],
  );
  if (!planned.some(({ plan }) => plan.decision.outcome === "update")) return undefined;
  if (application.writeBack === undefined) {
    const message = "the write-back settings are invalid; nothing is written";
    throw new EditError("invalid-path", message);
  }
  return renderChange(application, application.writeBack, images, {
    controllerNamespace: cycle.controllerNamespace,
    commit: cycle.commit,
  });
}

/**
 * An update that the Application's spec already holds needs no second write: the spec was changed,
 * only its containers do not run yet.
 */
function stopAtSpec(application: Application, result: PlannedImage): PlannedImage {
  const { decided, plan } = result;
  const { writeBack } = application;
  if (decided === undefined || writeBack === undefined) return result;
  if (plan.decision.outcome !== "update") return result;
  if (!standsInSpec(overrideKindOf(application, writeBack), decided, application)) return result;
  const image = decided.wanted.toString();
  const decision = {
    ...plan.decision,
    outcome: "up-to-date",
    reason: { code: "already-in-spec", image },
  } as const;
  const { newImage: _newImage, ...rest } = plan;
  return { ...result, plan: { ...rest, decision }, decided: { ...decided, decision } };
}

function invalidPlan({ text, alias, problem }: InvalidImage): ImagePlan {
  const diagnostic: Diagnostic = problem;
  return {
    ...(alias === undefined ? {} : { alias }),
    image: text,
    decision: {
      outcome: "error",
      reason: { code: "invalid-settings", text: diagnostic.message },
      tags: [],
      diagnostics: [diagnostic],
    },
  };
}
