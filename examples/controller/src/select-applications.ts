import {
  readApplication,
  type Application,
  type ApplicationRefSettings,
  type Diagnostic,
  type Parsed,
} from "@image-updater/core";
import type { OwnerOf } from "./trigger.js";

/** An Application that an ImageUpdater takes care of: its annotations are not read. */
export interface Claim {
  /** `namespace/name` of the ImageUpdater. */
  readonly owner: string;
  /** What it says about the Application. */
  readonly settings: ApplicationRefSettings;
}

/** The Applications of a cycle, read. */
export interface Selection {
  readonly applications: readonly Application[];
  readonly ownerOf: OwnerOf;
  readonly diagnostics: readonly Diagnostic[];
}

/** How Applications are selected. */
export interface SelectionRules {
  /** Which ImageUpdater takes an Application. */
  claim(manifest: unknown): Claim | undefined;
  /** Whether the annotations of an Application that none takes are looked at. */
  filter(manifest: unknown): boolean;
  readonly controllerNamespace: string;
}

/**
 * Reads the Applications to care for: those that an ImageUpdater takes by its settings, the others by
 * their annotations. An Application is never handled twice; one whose reference is broken is left alone.
 */
export function selectApplications(
  manifests: readonly unknown[],
  rules: SelectionRules,
): Selection {
  const { controllerNamespace } = rules;
  const owners = new Map<string, string>();
  const applications: Application[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const manifest of manifests) {
    const claim = rules.claim(manifest);
    if (claim === undefined && !rules.filter(manifest)) continue;
    const read = readClaimed(manifest, claim, controllerNamespace);
    diagnostics.push(...read.diagnostics);
    if (read.value === undefined) continue;
    applications.push(read.value);
    if (claim !== undefined) owners.set(keyOf(read.value), claim.owner);
  }
  return { applications, diagnostics, ownerOf: (application) => owners.get(keyOf(application)) };
}

function readClaimed(
  manifest: unknown,
  claim: Claim | undefined,
  controllerNamespace: string,
): Parsed<Application> {
  if (claim?.settings.kind === "broken") return { value: undefined, diagnostics: [] };
  if (claim?.settings.kind === "policies") {
    return readApplication(manifest, { controllerNamespace, settings: claim.settings.value });
  }
  const { value, diagnostics } = readApplication(manifest, { controllerNamespace });
  const verification = claim?.settings.verification;
  if (value === undefined || verification === undefined) return { value, diagnostics };
  const policies = value.policies.map((policy) => ({ ...policy, verification }));
  return { value: { ...value, policies }, diagnostics };
}

function keyOf({ namespace, name }: Pick<Application, "namespace" | "name">): string {
  return `${namespace}/${name}`;
}
