import { parseImageReference } from "../image/parse-image-reference.js";
import type { Decision } from "./decision.js";
import { formatDecisionReason } from "./format-decision-reason.js";

/** Whether nothing was decided because the cycle was told to stop, which is not a failure of the image. */
export function wasCancelled({ reason }: Pick<Decision, "reason">): boolean {
  return "error" in reason && reason.error.code === "cancelled";
}

/** Why it was decided so, in a sentence that names the image, and once. */
export function describeReason(image: string, { reason }: Pick<Decision, "reason">): string {
  const why = formatDecisionReason(reason);
  const { repository = image } = parseImageReference(image).value ?? {};
  return why.includes(repository) ? why : `${image}: ${why}`;
}
