import { ApplicationError, type ApplicationOwner } from "@image-updater/core";
import type { FoughtValue } from "./revert-memory.js";

/** The error that tells people who puts values back, how often, and how to end it. */
export function revertedError(
  application: string,
  values: readonly FoughtValue[],
  owner: ApplicationOwner | undefined,
): ApplicationError {
  const names = values.map(({ name }) => name).join(", ");
  const times = Math.max(...values.map((value) => value.times));
  const lists = [...new Set(values.map(({ list }) => list))].join(", ");
  const message = `${application}: ${names} was put back ${times} ${times === 1 ? "time" : "times"} after it was written, ${whoOf(owner)}; it is not written again. ${remedyOf(owner, lists)}`;
  return new ApplicationError("reverted", message, { application });
}

function whoOf(owner: ApplicationOwner | undefined): string {
  if (owner === undefined) return "by something else that the Application does not name";
  return `most likely by the ${owner.kind} "${owner.name}" that makes this Application`;
}

function remedyOf(owner: ApplicationOwner | undefined, lists: string): string {
  const git = "use the write-back method git";
  switch (owner?.kind) {
    case "ApplicationSet":
      return `Let "${owner.name}" ignore ${lists} by jsonPointers of spec.ignoreApplicationDifferences, or ${git}`;
    case "Application":
      return `Let "${owner.name}" ignore ${lists} by jsonPointers of spec.ignoreDifferences with the sync option RespectIgnoreDifferences=true, or ${git}`;
    case undefined:
      return `Find out who else sets ${lists}, or ${git}`;
  }
}
