import { z } from "zod";
import type { Diagnostic, Parsed } from "../errors/diagnostic.js";
import type { UpdateStrategy } from "../strategy/update-strategy.js";
import type { ApplicationRef, ApplicationLabels } from "./application-ref.js";
import { readCommonSettings } from "./common-block.js";
import { createFindings, type Findings } from "./findings.js";
import { decodeStatus, type ImageUpdaterStatus } from "./image-updater-status.js";
import { describeValue, openField, openMapping, type Mapping } from "./mapping.js";
import { parseApplicationRef, type RefContext } from "./parse-application-ref.js";
import { readList } from "./read-values.js";
import { readVerification } from "./verification-block.js";
import { readWriteBack } from "./write-back-block.js";

/** How an ImageUpdater resource is understood. */
export interface ImageUpdaterOptions {
  /** Strategies besides the built-in ones. */
  readonly strategies?: readonly UpdateStrategy[] | undefined;
  /**
   * Makes an unknown strategy an error of its image, unless the updater is given a strategy of that name.
   * Default `false`.
   */
  readonly strict?: boolean | undefined;
  /** Namespace of a resource that names none. Default `argocd`. */
  readonly controllerNamespace?: string | undefined;
}

/** An ImageUpdater resource, read. It cares for Applications of its own namespace. */
export interface ImageUpdaterResource {
  readonly name: string;
  readonly namespace: string;
  readonly generation?: number | undefined;
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  /** The most specific one first; of equal ones, in the order they were written in. */
  readonly refs: readonly ApplicationRef[];
  readonly status?: ImageUpdaterStatus | undefined;
}

/** API group and version of the resources that are read. */
export const IMAGE_UPDATER_API_VERSION = "argocd-image-updater.argoproj.io/v1alpha1";

/**
 * Parses an `ImageUpdater` resource of `argocd-image-updater.argoproj.io/v1alpha1`, decoded JSON or
 * YAML, with the inheritance of Argo CD Image Updater after 1.3.0, which no default of the CRD breaks.
 *
 * The value is undefined when this is not such a resource, or has no name. A wrong reference is broken
 * alone, a wrong image drops that image only; a spec that cannot be read has no references. Diagnostics
 * name the field, and the resource in their messages.
 */
export function parseImageUpdater(
  resource: unknown,
  options: ImageUpdaterOptions = {},
): Parsed<ImageUpdaterResource> {
  const unnamed = createFindings();
  const identity = readIdentity(unnamed, resource, options.controllerNamespace ?? "argocd");
  if (identity === undefined) return { value: undefined, diagnostics: unnamed.diagnostics };
  const { name, namespace } = identity.value;
  const findings = createFindings(`${namespace}/${name}`);
  openMapping(findings, "", resource, ["apiVersion", "kind", "metadata", "spec", "status"]);
  const refs = readRefs(findings, identity.root, {
    resource: `${namespace}/${name}`,
    options: {
      strategies: options.strategies,
      strict: options.strict,
      applicationNamespace: namespace,
    },
  });
  const status = decodeStatus(identity.root.fields.get("status"));
  const value: ImageUpdaterResource = {
    ...identity.value,
    refs: refs.toSorted((left, right) => right.specificity - left.specificity),
    ...(status === undefined ? {} : { status }),
  };
  const all = [findings.diagnostics, ...refs.map(({ diagnostics }) => diagnostics)].flat();
  return { value, diagnostics: withoutRepeats(all) };
}

/**
 * The reference that applies to an Application of the resource's namespace: the most specific one that
 * matches, also when it is broken; undefined when none does.
 */
export function findApplicationRef(
  resource: Pick<ImageUpdaterResource, "refs">,
  application: ApplicationLabels,
): ApplicationRef | undefined {
  return resource.refs.find((ref) => ref.matches(application));
}

const metadataSchema = z.object({
  name: z.string().min(1),
  namespace: z.string().min(1).optional().catch(undefined),
  generation: z.number().int().optional().catch(undefined),
  uid: z.string().optional().catch(undefined),
  resourceVersion: z.string().optional().catch(undefined),
});

interface Identity {
  readonly root: Mapping;
  readonly value: Omit<ImageUpdaterResource, "refs" | "status">;
}

/** Items of a list that the API server sends have neither `apiVersion` nor `kind`. */
function readIdentity(
  findings: Findings,
  resource: unknown,
  defaultNamespace: string,
): Identity | undefined {
  const root = openMapping(findings, "", resource);
  if (root.value === undefined) return undefined;
  const { fields } = root.value;
  const isOfKind = [
    isExpected(findings, "apiVersion", fields.get("apiVersion"), IMAGE_UPDATER_API_VERSION),
    isExpected(findings, "kind", fields.get("kind"), "ImageUpdater"),
  ].every(Boolean);
  const { data } = metadataSchema.safeParse(fields.get("metadata"));
  if (data === undefined) findings.report("metadata.name", "the name is missing; write text");
  if (!isOfKind || data === undefined) return undefined;
  const { name, namespace = defaultNamespace, ...rest } = data;
  return { root: root.value, value: { name, namespace, ...rest } };
}

function isExpected(findings: Findings, field: string, value: unknown, expected: string): boolean {
  if (value === undefined || value === null || value === expected) return true;
  findings.report(field, `${describeValue(value)} is not read here; write ${expected}`);
  return false;
}

const SPEC_FIELDS = [
  "applicationRefs",
  "commonUpdateSettings",
  "writeBackConfig",
  "imagesVerification",
  "namespace",
];

function readRefs(
  findings: Findings,
  root: Mapping,
  context: Pick<RefContext, "resource" | "options">,
): readonly ApplicationRef[] {
  const spec = openField(findings, root, "spec", SPEC_FIELDS);
  if (spec === undefined)
    findings.report("spec", "the spec is missing; write applicationRefs in it");
  if (spec?.value === undefined) return [];
  if (spec.value.fields.has("namespace")) warnOfNamespace(findings);
  const shared = {
    ...context,
    common: readCommonSettings(findings, spec.value),
    writeBack: readWriteBack(findings, spec.value),
    verification: readVerification(findings, spec.value),
  };
  const list = readList(findings, spec.value, "applicationRefs");
  if (list?.problem !== undefined) return [];
  if (list === undefined || list.value.length === 0) {
    findings.report("spec.applicationRefs", "there is no reference; write at least one");
    return [];
  }
  const taken = new Set<string>();
  return list.value.map((entry, index) => {
    const ref = parseApplicationRef(entry, index, { ...shared, taken });
    if (ref.namePattern !== "") taken.add(ref.namePattern);
    return ref;
  });
}

function warnOfNamespace(findings: Findings): void {
  const message =
    "it is ignored since Argo CD Image Updater 1.2: Applications are looked up in the namespace of the ImageUpdater; take it out";
  findings.report("spec.namespace", message, { severity: "warning", code: "unused-field" });
}

/** What several references inherit is said once. */
function withoutRepeats(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...new Map(diagnostics.map((found) => [JSON.stringify(found), found])).values()];
}
