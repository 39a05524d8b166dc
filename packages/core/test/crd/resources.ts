import type { AnnotatedApplication } from "../../src/annotations/parse-annotations.js";
import type { ApplicationRef } from "../../src/crd/application-ref.js";
import {
  parseImageUpdater,
  type ImageUpdaterOptions,
  type ImageUpdaterResource,
} from "../../src/crd/parse-image-updater.js";
import type { Diagnostic } from "../../src/errors/diagnostic.js";
import type { ImagePolicy } from "../../src/policy/image-policy.js";

/** An ImageUpdater `argocd/updater` with this spec. */
export function resourceOf(spec: unknown, more: object = {}): object {
  return {
    apiVersion: "argocd-image-updater.argoproj.io/v1alpha1",
    kind: "ImageUpdater",
    metadata: { name: "updater", namespace: "argocd" },
    spec,
    ...more,
  };
}

/** A reference that is right, `*` with one image, except for what is given. */
export function refOf(fields: object = {}): object {
  return { namePattern: "*", images: [{ alias: "web", imageName: "nginx:1.x" }], ...fields };
}

/** An image that is right except for what is given. */
export function imageOf(fields: object = {}): object {
  return { alias: "web", imageName: "nginx:1.x", ...fields };
}

export function parsed(spec: unknown, options?: ImageUpdaterOptions): ImageUpdaterResource {
  const { value, diagnostics } = parseImageUpdater(resourceOf(spec), options);
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}

/** The one reference of a spec with these references, the others of its fields beside it. */
export function onlyRef(ref: unknown, spec: object = {}): ApplicationRef {
  const { refs } = parsed({ ...spec, applicationRefs: [ref] });
  const [only] = refs;
  if (only === undefined || refs.length > 1) throw new Error(`${refs.length} references`);
  return only;
}

/** What a reference says; throws when it is broken or reads annotations. */
export function settingsOf(ref: ApplicationRef): AnnotatedApplication {
  if (ref.settings.kind !== "policies") throw new Error(JSON.stringify(ref.diagnostics));
  return ref.settings.value;
}

/** The one policy of the one image of the one reference. */
export function onlyPolicy(image: object, ref: object = {}, spec: object = {}): ImagePolicy {
  const { images, invalidImages } = settingsOf(onlyRef(refOf({ ...ref, images: [image] }), spec));
  const [policy] = images;
  if (policy === undefined) throw new Error(JSON.stringify(invalidImages));
  return policy;
}

export function diagnosticsOf(spec: unknown, options?: ImageUpdaterOptions): readonly Diagnostic[] {
  return parseImageUpdater(resourceOf(spec), options).diagnostics;
}

/** `severity code field image`. */
export function shortly({ severity, code, where }: Diagnostic): string {
  return [severity, code, where.field, where.image].filter((part) => part !== undefined).join(" ");
}
