import {
  applicationOwner,
  ApplicationError,
  isImageUpdaterError,
  type ApplicationClient,
  type WriteBackChange,
  type WriteResult,
} from "@image-updater/core";
import type { ChangedValue } from "../reverts/changed-values.js";
import type { RevertMemory } from "../reverts/revert-memory.js";
import { revertedError } from "../reverts/reverted-error.js";
import { callWithin } from "./call-within.js";
import { nameOf, resourceVersionOf } from "./manifest.js";
import { renderPatch, type RenderedPatch } from "./render-patch.js";
import { retryUntilDeadline } from "./retry.js";
import type { WriteLimits } from "./write-limits.js";

/** What the changes of one write-back share. */
export interface ApplicationWork {
  readonly client: ApplicationClient;
  readonly reverts: RevertMemory;
  readonly limits: WriteLimits;
}

/**
 * Makes one Application hold what a change wants: read, render, patch, until it does.
 *
 * A patch of which nobody knows whether it arrived is looked for by reading again. Throws
 * ApplicationError: `conflict` at the deadline, `reverted` when others keep putting the values back,
 * and what the client throws; EditError and WriteBackError for edits that cannot be made.
 */
export async function writeApplication(
  { client, reverts, limits }: ApplicationWork,
  change: WriteBackChange,
): Promise<WriteResult> {
  const application = nameOf(change.application);
  const name = { ...change.application, project: change.project };
  let first: unknown;
  let lost: LostPatch | undefined;

  function written(manifest: unknown, values: readonly ChangedValue[]): WriteResult {
    reverts.remember(application, values);
    return { kind: "written", revision: resourceVersionOf(manifest), paths: [] };
  }

  async function read(): Promise<RenderedPatch & { readonly manifest: unknown }> {
    const manifest = await callWithin(application, limits, (signal) =>
      client.get(name, { signal }),
    );
    first ??= manifest;
    return { manifest, ...renderPatch(change, { first, present: manifest }) };
  }

  async function attempt(): Promise<WriteResult> {
    const { manifest, patch, values } = await read();
    if (patch.length === 0) {
      return lost === undefined ? { kind: "unchanged" } : written(manifest, lost.values);
    }
    const fought = reverts.review(application, values);
    if (fought.length > 0) throw revertedError(application, fought, applicationOwner(manifest));
    try {
      const next = await callWithin(application, limits, (signal) =>
        client.patch(name, patch, { signal }),
      );
      return written(next, values);
    } catch (error) {
      if (isCode(error, "cancelled")) throw cancelledPatch(application, error);
      if (!isRefusal(error)) lost = { error, values };
      throw error;
    }
  }

  try {
    const isLost = (error: unknown): boolean => error === lost?.error;
    return await retryUntilDeadline(application, limits, attempt, isLost);
  } catch (error) {
    // The last patch may have arrived although its answer did not.
    if (lost === undefined || error !== lost.error) throw error;
    const last = await settle(read);
    if (last === undefined || last.patch.length > 0) throw error;
    return written(last.manifest, lost.values);
  }
}

async function settle<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}

/** A patch of which nobody knows whether it arrived. */
interface LostPatch {
  readonly error: unknown;
  readonly values: readonly ChangedValue[];
}

function cancelledPatch(application: string, cause: unknown): ApplicationError {
  const message = `the write to ${application} was cancelled on its way; it may have arrived`;
  return new ApplicationError("cancelled", message, { application, cause });
}

const REFUSALS: ReadonlySet<string> = new Set([
  "conflict",
  "forbidden",
  "not-found",
  "unauthorized",
  "rejected",
]);

/** Whether an error of a patch says that nothing was changed. */
function isRefusal(error: unknown): boolean {
  return isImageUpdaterError(error) && REFUSALS.has(error.code);
}

function isCode(error: unknown, code: ApplicationError["code"]): boolean {
  return isImageUpdaterError(error) && error.code === code;
}
