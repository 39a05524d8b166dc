import type { ImageUnderCare } from "@image-updater/core";
import { affectedBy, type PushEvent } from "@image-updater/core/webhooks";

/** Something that happened between two cycles, and is about a part of all images only. */
export type Trigger =
  | { readonly kind: "push"; readonly event: PushEvent }
  | { readonly kind: "application"; readonly namespace: string; readonly name: string }
  | { readonly kind: "image-updater"; readonly namespace: string; readonly name: string };

/** What a cycle looks at. */
export type Scope = "everything" | readonly Trigger[];

/** Which ImageUpdater, as `namespace/name`, an Application is under; undefined for its annotations. */
export type OwnerOf = (application: {
  readonly namespace: string;
  readonly name: string;
}) => string | undefined;

/** The updater's `only` for a scope: images that at least one of the triggers is about. */
export function imagesIn(
  scope: Scope,
  ownerOf: OwnerOf,
): ((image: ImageUnderCare) => boolean) | undefined {
  if (scope === "everything") return undefined;
  const tests = scope.map((trigger) => testOf(trigger, ownerOf));
  return (image) => tests.some((test) => test(image));
}

/** Whether a scope has all images of an ImageUpdater, which may then be spoken of as a whole. */
export function hasAllOf(scope: Scope, owner: string): boolean {
  if (scope === "everything") return true;
  return scope.some(
    (trigger) =>
      trigger.kind === "image-updater" && `${trigger.namespace}/${trigger.name}` === owner,
  );
}

/** One line for the log. */
export function formatTrigger(trigger: Trigger): string {
  if (trigger.kind !== "push") return `${trigger.kind} ${trigger.namespace}/${trigger.name}`;
  const { registry, repository, tag } = trigger.event;
  return `push of ${registry}/${repository}${tag === undefined ? "" : `:${tag}`}`;
}

function testOf(trigger: Trigger, ownerOf: OwnerOf): (image: ImageUnderCare) => boolean {
  switch (trigger.kind) {
    case "push":
      return affectedBy(trigger.event);
    case "application":
      return ({ application }) =>
        application.name === trigger.name && application.namespace === trigger.namespace;
    case "image-updater":
      return ({ application }) => ownerOf(application) === `${trigger.namespace}/${trigger.name}`;
  }
}
