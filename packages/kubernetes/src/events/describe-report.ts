import {
  describeReason,
  parseImageReference,
  wasCancelled,
  type ApplicationReport,
  type ImageReport,
} from "@image-updater/core";

/** What an event says. */
export interface EventContent {
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** What is to be said of an application after a cycle; nothing when nothing happened. */
export interface EventContents {
  readonly success?: EventContent | undefined;
  readonly warning?: EventContent | undefined;
  readonly notDeployed?: EventContent | undefined;
}

/** The API server takes no longer message. */
const LONGEST_MESSAGE = 1024;

/** Turns a report into what its events say: an update only where it was written. */
export function describeReport(report: ApplicationReport): EventContents {
  const failures = [
    ...(report.error === undefined || report.error.code === "cancelled"
      ? []
      : [report.error.message]),
    ...report.images.flatMap(describeFailure),
  ];
  const undeployed = report.images
    .filter(({ outcome }) => outcome === "not-deployed")
    .map(({ image, decision }) => describeReason(image, decision));
  return {
    ...(report.write?.kind === "written" ? { success: describeSuccess(report) } : {}),
    ...(failures.length === 0 ? {} : { warning: warningOf("ImageUpdateFailed", failures) }),
    ...(undeployed.length === 0 ? {} : { notDeployed: warningOf("ImageNotDeployed", undeployed) }),
  };
}

function describeSuccess({ application, images }: ApplicationReport): EventContent {
  const updated = images.filter(({ outcome }) => outcome === "update");
  return {
    type: "Normal",
    reason: "ImagesUpdated",
    message: `Successfully updated application '${application.name}'`,
    annotations: Object.fromEntries(updated.flatMap(annotate)),
  };
}

/** Argo CD Image Updater's keys, which other programs look for. */
function annotate(
  { image, newImage, decision }: ImageReport,
  index: number,
): readonly (readonly [string, string])[] {
  const wanted = parseImageReference(newImage ?? image).value;
  const running = parseImageReference(decision.running ?? "").value;
  const { registry, repository = image } = wanted ?? {};
  const prefix = `argocd-image-updater.image-${index}`;
  return [
    [
      `${prefix}/full-image-name`,
      registry === undefined ? repository : `${registry}/${repository}`,
    ],
    [`${prefix}/image-name`, repository],
    [`${prefix}/old-tag`, running?.digest ?? running?.tag ?? ""],
    [`${prefix}/new-tag`, wanted?.digest ?? wanted?.tag ?? ""],
  ];
}

/** Whoever is told to stop has not failed. */
function describeFailure({ image, outcome, decision }: ImageReport): readonly string[] {
  if ((outcome !== "error" && outcome !== "waiting") || wasCancelled(decision)) return [];
  return [describeReason(image, decision)];
}

function warningOf(reason: string, sentences: readonly string[]): EventContent {
  const text = sentences.join("; ");
  const message = text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE - 1)}…` : text;
  return { type: "Warning", reason, message };
}
