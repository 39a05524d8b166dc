import { type ErrorSummary, type WriteBackChange } from "@image-updater/core";
import { type TreeSource, writeTreeFiles } from "@image-updater/git-remote";
import { applyChange, type ChangedFile } from "./apply-change.js";
import { summarizeFailure } from "../write-back-failure.js";

/** What became of one change of several. */
export type EditOutcome =
  | { readonly kind: "unchanged" }
  | { readonly kind: "edited"; readonly paths: readonly string[] }
  | { readonly kind: "failed"; readonly error: ErrorSummary };

/** Changes applied together, for one commit. */
export interface AppliedChanges {
  /** One per change, in order. */
  readonly outcomes: readonly EditOutcome[];
  /** The changes that altered files. */
  readonly edited: readonly WriteBackChange[];
  readonly tree: string;
  readonly files: ReadonlyMap<string, ChangedFile>;
  /** Every object of the new tree that the server may lack. */
  readonly written: readonly string[];
}

/**
 * Applies changes to the files of a tree, each on top of those before it; never throws.
 *
 * A change that is refused leaves nothing of its edits in the outcome.
 */
export async function applyChanges(
  source: TreeSource,
  tree: string,
  changes: readonly WriteBackChange[],
): Promise<AppliedChanges> {
  const outcomes: EditOutcome[] = [];
  const edited: WriteBackChange[] = [];
  let files: ReadonlyMap<string, ChangedFile> = new Map();
  let last = { tree, written: NOTHING };
  for (const change of changes) {
    try {
      const applied = await applyChange(source, last.tree, change);
      outcomes.push(
        applied.kind === "unchanged"
          ? applied
          : { kind: "edited", paths: [...applied.files.keys()] },
      );
      if (applied.kind === "unchanged") continue;
      edited.push(change);
      files = new Map([...files, ...applied.files]);
      last = applied;
    } catch (error) {
      outcomes.push({ kind: "failed", error: summaryOf(source, error) });
    }
  }
  if (last.tree === tree) return { ...nothingEdited(outcomes), tree };
  // Trees between the first and the last are in no commit.
  const { written } = edited.length === 1 ? last : await writeTreeFiles(source, tree, files);
  const blobs = [...files.values()].map(({ oid }) => oid);
  return { outcomes, edited, files, tree: last.tree, written: [...blobs, ...written] };
}

const NOTHING: readonly string[] = [];

/** Changes may also undo each other. */
function nothingEdited(outcomes: readonly EditOutcome[]): Omit<AppliedChanges, "tree"> {
  return {
    outcomes: outcomes.map((outcome) =>
      outcome.kind === "edited" ? { kind: "unchanged" } : outcome,
    ),
    edited: [],
    files: new Map(),
    written: NOTHING,
  };
}

function summaryOf({ target }: TreeSource, error: unknown): ErrorSummary {
  return summarizeFailure(error, target);
}
