import type { Application } from "../application/application.js";
import type { Decision } from "../decision/decision.js";
import { formatDecisionReason } from "../decision/format-decision-reason.js";
import { describeReason, wasCancelled } from "../decision/describe-reason.js";
import { parseImageReference } from "../image/parse-image-reference.js";
import type { LogFields, Logger } from "../ports/logger.js";
import { formatTagReason } from "../tags/format-tag-reason.js";
import type { Cycle } from "./cycle.js";
import type { ImagePlan } from "./plan.js";

/** Logs one image's decision in Argo CD Image Updater's words and fields, each rejected tag at debug. */
export function logImage(cycle: Cycle, application: Application, plan: ImagePlan): void {
  const { logger } = cycle;
  const { decision } = plan;
  const fields = imageFields(cycle, application, plan);
  if (logger.isLevelEnabled?.("debug") !== false) logVerdicts(logger, fields, decision);
  const why = formatDecisionReason(decision.reason);
  const image = decision.running ?? plan.image;
  switch (decision.outcome) {
    case "update":
      logUpdate(cycle, fields, image, plan.newImage ?? "");
      break;
    case "up-to-date":
      logger.debug(fields, `Image '${image}' already on latest allowed version: ${why}`);
      break;
    case "not-live":
      logger.debug(fields, `Image '${plan.image}' is not live: ${why}`);
      break;
    case "no-candidate":
    case "held":
    case "blocked":
      logger.info(fields, `No tag of '${plan.image}' was chosen: ${why}`);
      break;
    case "not-deployed":
      logger.warn(fields, `Image '${image}' still runs: ${why}`);
      break;
    case "waiting":
    case "error":
      logUndecided(logger, fields, plan);
      break;
  }
  const name = `${application.namespace}/${application.name}`;
  cycle.observer.observe({ kind: "image-decided", application: name, outcome: decision.outcome });
}

/** Whoever is told to stop has not failed. */
function logUndecided(logger: Logger, fields: LogFields, { image, decision }: ImagePlan): void {
  if (wasCancelled(decision)) {
    logger.info(fields, `Nothing is decided about image '${image}': the cycle was told to stop`);
    return;
  }
  logger.error(fields, `Could not decide about an image: ${describeReason(image, decision)}`);
}

function logVerdicts(logger: Logger, fields: LogFields, { tags }: Decision): void {
  for (const { tag, reason } of tags) {
    if (reason.code === "chosen") continue;
    logger.debug({ ...fields, image_tag: tag }, `Tag ${tag} rejected: ${formatTagReason(reason)}`);
  }
}

/** In a plan nothing was updated yet, nor will be unless somebody applies it. */
function logUpdate({ logger, purpose }: Cycle, fields: LogFields, from: string, to: string): void {
  if (purpose === "plan") {
    logger.info(fields, `Planned: image '${from}' would be updated to '${to}'`);
    return;
  }
  const isDryRun = purpose === "dry-run";
  logger.info(fields, `Setting new image to ${to}`);
  logger.info(
    fields,
    `Successfully updated image '${from}' to '${to}', but pending spec update (dry run=${isDryRun})`,
  );
}

/**
 * The fields of an application's lines: its name as upstream has it, and its namespace where that is
 * not the controller's, without which two of one name could not be told apart.
 */
export function applicationFields(
  { controllerNamespace }: Pick<Cycle, "controllerNamespace">,
  { name, namespace }: { readonly name: string; readonly namespace: string },
): LogFields {
  return namespace === controllerNamespace
    ? { application: name }
    : { application: name, application_namespace: namespace };
}

function imageFields(cycle: Cycle, application: Application, plan: ImagePlan): LogFields {
  const reference = parseImageReference(plan.image).value;
  const running = parseImageReference(plan.decision.running ?? "").value;
  return {
    ...applicationFields(cycle, application),
    image_alias: plan.alias,
    image_digest: running?.digest,
    image_name: reference?.repository ?? plan.image,
    image_registry: reference?.registry,
    image_tag: running?.tag,
  };
}
