import type { LogFields, Logger } from "@image-updater/core";
import { withFields } from "./logging.js";
import type { Selection } from "./select-applications.js";

/**
 * The same logger, whose lines about an Application name its ImageUpdater in upstream's fields.
 *
 * A line has an Application's name only: where several of that name have different owners, none is named.
 */
export function withOwners(logger: Logger, { applications, ownerOf }: Selection): Logger {
  const owners = new Map<string, string | undefined>();
  for (const application of applications) {
    const owner = ownerOf(application);
    const isShared = owners.has(application.name) && owners.get(application.name) !== owner;
    owners.set(application.name, isShared ? undefined : owner);
  }
  return withFields(logger, ({ application }): LogFields => {
    const owner = typeof application === "string" ? owners.get(application) : undefined;
    if (owner === undefined) return {};
    const [namespace, name] = owner.split("/");
    return { imageUpdater_namespace: namespace, imageUpdater_name: name };
  });
}
