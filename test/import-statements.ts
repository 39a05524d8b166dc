import { posix } from "node:path";
import type { RepositoryFile } from "./repository-files.js";

const STATEMENT =
  /^(?:import|export)\s+(?:type\s+)?(?:[\w$]+\s*,?\s*)?(?:\{[^}]*\}\s*|\*(?:\s+as\s+[\w$]+)?\s*)?from\s*["']([^"']+)["']/gm;
const SIDE_EFFECT = /^import\s*["']([^"']+)["']/gm;
const CALL = /\bimport\s*\(\s*["'`]([^"'`]+)["'`]/g;

/** The modules that a formatted TypeScript file names, in statements, calls and types. */
export function importedModules(text: string): readonly string[] {
  const code = text.replaceAll(/^\s*(?:\/\/|\/\*|\*).*$/gm, "");
  return [STATEMENT, SIDE_EFFECT, CALL].flatMap((pattern) =>
    [...code.matchAll(pattern)].flatMap(([, specifier]) => specifier ?? []),
  );
}

/** The repository's own files that a file imports, as paths of sources. */
export function importedFiles({ path, text }: RepositoryFile): readonly string[] {
  return importedModules(text)
    .filter((specifier) => specifier.startsWith("."))
    .map((specifier) => posix.join(posix.dirname(path), specifier).replace(/\.js$/, ".ts"));
}

/** The packages that a file imports, without the path inside them. */
export function importedPackages({ text }: RepositoryFile): readonly string[] {
  const names = importedModules(text)
    .filter((specifier) => !specifier.startsWith("."))
    .map((specifier) => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier);
  return [...new Set(names)];
}
