import layers from "../tools/layers.json" with { type: "json" };
import { importedFiles } from "./import-statements.js";
import type { RepositoryFile } from "./repository-files.js";

/** The folders of the core, from the innermost outwards; a row may import itself and earlier rows. */
export const CORE_LAYERS: readonly (readonly string[])[] = layers.core.rows.map(
  ({ folders }) => folders,
);

/** Folders beside the rows, each an entry of its own that nobody else imports. */
export const ENTRY_FOLDERS: readonly string[] = Object.keys(layers.core.entries);

/** What a package may import of ours, by its own row or by the pattern that it fits. */
export function allowedImports(name: string): readonly string[] {
  const rows = Object.entries(layers.packages);
  const row =
    rows.find(([key]) => key === name) ??
    rows.find(([key]) => key.endsWith("*") && name.startsWith(key.slice(0, -1)));
  if (row === undefined) throw new Error(`tools/layers.json has no place for packages/${name}`);
  return row[1].imports;
}

const CORE = "packages/core/src/";

/** What points the wrong way among the files of the core, one sentence each. */
export function outwardImports(files: readonly RepositoryFile[]): readonly string[] {
  return files.flatMap((file) =>
    importedFiles(file)
      .filter((target) => !mayImport(file.path, target))
      .map((target) => `${file.path} imports ${target}`),
  );
}

function mayImport(from: string, to: string): boolean {
  if (!to.startsWith(CORE)) return false;
  const source = folderOf(from);
  const target = folderOf(to);
  // Nobody imports an entry: it would pull in everything the entry names.
  if (target === "" || (to.endsWith("/index.ts") && source !== target)) return false;
  if (source === target) return true;
  if (ENTRY_FOLDERS.includes(target)) return false;
  if (source === "system") return target === "errors" || target === "ports";
  if (source === "" || ENTRY_FOLDERS.includes(source)) return true;
  const [sourceRow, targetRow] = [rowOf(source), rowOf(target)];
  return sourceRow !== -1 && targetRow !== -1 && targetRow <= sourceRow;
}

/** The folder below `src`; empty for a file that stands in `src` itself. */
export function folderOf(path: string): string {
  const inside = path.slice(CORE.length);
  return inside.includes("/") ? inside.slice(0, inside.indexOf("/")) : "";
}

function rowOf(folder: string): number {
  return CORE_LAYERS.findIndex((row) => row.includes(folder));
}
