import type {
  ApplicationClient,
  ArgoCdSourceChanges,
  WriteBackChange,
  WriteBackTarget,
  WriteResult,
} from "@image-updater/core";
import { systemClock } from "@image-updater/core/system";
import {
  createArgoCdWriteBack,
  type ArgoCdWriteBackSettings,
} from "../create-argocd-write-back.js";

/** Applications behind a client under test, and the hands of somebody else. */
export interface ApplicationsUnderTest {
  readonly client: ApplicationClient;
  /** The manifest as it is now. */
  read(name: string): Promise<unknown>;
  /** Writes what the function makes of the manifest, as somebody else would; the version is raised. */
  edit(name: string, change: (manifest: Manifest) => object): Promise<unknown>;
  close(): Promise<void>;
}

/** A manifest of a clause. */
export interface Manifest {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** What a write-back over the client promises, with the Applications that the promise is about. */
export interface WriteClause {
  readonly name: string;
  readonly applications: readonly object[];
  check(subject: ApplicationsUnderTest): Promise<void>;
}

/** A manifest with the source and something around it that nobody may lose. */
export function application(name: string, source: object, metadata: object = {}): Manifest {
  return manifestOf(name, { project: "default", source }, metadata);
}

const TYPE = { apiVersion: "argoproj.io/v1alpha1", kind: "Application" };

/** A manifest with the spec. */
export function manifestOf(name: string, spec: object, metadata: object = {}): Manifest {
  const base = { name, namespace: "argocd", labels: { team: "a" }, annotations: { note: "kept" } };
  const destination = { server: "https://kubernetes.default.svc", namespace: name };
  return {
    ...TYPE,
    metadata: { ...base, ...metadata },
    spec: { ...spec, destination, syncPolicy: { automated: { prune: true } } },
  };
}

/** A write-back over a client, which waits for nothing but the client. */
export function writeBackOver(
  client: ApplicationClient,
  settings: Partial<ArgoCdWriteBackSettings> = {},
): WriteBackTarget {
  return createArgoCdWriteBack({
    applications: client,
    clock: systemClock(),
    random: () => 0,
    // No server that the promises are checked on is too busy for it.
    deadlineMs: 600_000,
    ...settings,
  });
}

/** The change of one Application's source. */
export function changeOf(
  name: string,
  changes: ArgoCdSourceChanges,
  source = "/spec/source",
): WriteBackChange {
  return {
    application: { name, namespace: "argocd" },
    settings: { method: "argocd", target: { kind: "override" } },
    edits: [{ kind: "application-patch", source, changes }],
    message: "",
  };
}

/** A Helm parameter as it is written for an image. */
export function parameter(
  name: string,
  value: string,
): {
  readonly name: string;
  readonly value: string;
  readonly forceString: boolean;
} {
  return { name, value, forceString: true };
}

/** The change of Helm parameters. */
export function helm(...values: readonly (readonly [string, string])[]): ArgoCdSourceChanges {
  return { helm: { parameters: values.map(([name, value]) => parameter(name, value)) } };
}

/** The client, with something that happens once between its first reading and the next patch. */
export function withRace(
  client: ApplicationClient,
  happen: () => Promise<unknown>,
  times = 1,
): ApplicationClient {
  let left = times;
  return {
    ...client,
    async patch(name, patch, options) {
      if (left > 0) {
        left -= 1;
        await happen();
      }
      return client.patch(name, patch, options);
    },
  };
}

/** `written`, `unchanged`, or the code of the failure. */
export function outcomeOf(result: WriteResult | undefined): string {
  return result?.kind === "failed" ? result.error.code : (result?.kind ?? "missing");
}

/** Throws unless both are the same data, whatever the order of members. */
export function assertSame(actual: unknown, expected: unknown, what: string): void {
  const [left, right] = [stable(actual), stable(expected)];
  if (left !== right) throw new Error(`${what}: expected ${right}, got ${left}`);
}

/** Throws unless the manifest is what is expected, but for what a cluster writes into its metadata. */
export function assertManifest(actual: unknown, expected: Manifest, what: string): void {
  const { metadata, spec } = manifestParts(actual);
  const kept = Object.keys(expected.metadata).map((key) => [key, metadata[key]]);
  assertSame(spec, expected.spec, `spec of ${what}`);
  assertSame(Object.fromEntries(kept), expected.metadata, `metadata of ${what}`);
}

/** The resource version of a manifest. */
export function versionIn(manifest: unknown): unknown {
  return manifestParts(manifest).metadata["resourceVersion"];
}

type Members = Readonly<Record<string, unknown>>;

function manifestParts(manifest: unknown): { readonly metadata: Members; readonly spec: Members } {
  const { metadata, spec } = membersOf(manifest);
  return { metadata: membersOf(metadata), spec: membersOf(spec) };
}

function membersOf(value: unknown): Members {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function stable(value: unknown): string | undefined {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member !== "object" || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}
