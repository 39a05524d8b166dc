import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** What only a test that needs a server or a program imports. */
const OUTSIDE =
  /^(?:node:(?:http|https|http2|net|tls|child_process)|undici|@image-updater\/(?!core\/).*\/testing)$/u;
const VALUE_IMPORT = /^(?:import|export)\s(?!type\b)(?:[^;"]*\sfrom\s)?"([^"]+)"/gmu;
/** The sources of the product, and the core's doubles, are pure or are given what is not. */
const PRODUCT = /^packages\/(?:core\/src\/|[^/]+\/src\/(?!testing\/))/u;
const TESTS = /^(?:packages\/[^/]+\/)?test\/.*\.test\.ts$/u;

/**
 * The tests that need no server and no program, as paths from the root: neither they nor what they import
 * of other tests imports one.
 */
export function pureTests(root: string): readonly string[] {
  const known = new Map<string, boolean>();
  const isPure = (path: string): boolean => {
    const answer = known.get(path);
    if (answer !== undefined) return answer;
    // A circle is as pure as the rest of it.
    known.set(path, true);
    const imports = [...readFileSync(join(root, path), "utf8").matchAll(VALUE_IMPORT)];
    const pure = imports.every(([, specifier = ""]) => {
      if (!specifier.startsWith(".")) return !OUTSIDE.test(specifier);
      const next = join(dirname(path), specifier.replace(/\.js$/u, ".ts"));
      return PRODUCT.test(next) || !existsSync(join(root, next)) || isPure(next);
    });
    known.set(path, pure);
    return pure;
  };
  return filesBelow(root, root).filter((path) => TESTS.test(path) && isPure(path));
}

function filesBelow(root: string, folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) return [relative(root, path)];
    const isOther = ["node_modules", "dist", "src", ".git"].includes(entry.name);
    return isOther ? [] : filesBelow(root, path);
  });
}
