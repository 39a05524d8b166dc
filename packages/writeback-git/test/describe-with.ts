import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { describe } from "vitest";

/** A program, and the Debian package that has it. */
export type NeededProgram = readonly [name: string, debianPackage: string];

/**
 * Suites that need real programs; without them they are skipped and say what is missing, or fail where
 * that must not be.
 */
export function describeWith(...programs: readonly NeededProgram[]): typeof describe.skip {
  const missing = programs.filter(([name]) => !isOnPath(name)).map(([, name]) => name);
  if (missing.length === 0) return describe;
  const message = `programs are missing: install the Debian packages ${missing.join(", ")}, or run tools/install-real-servers.sh`;
  if (process.env["REQUIRE_REAL_SERVERS"] === "1") throw new Error(message);
  process.stderr.write(`skipped: ${message}\n`);
  return describe.skip;
}

function isOnPath(name: string): boolean {
  // Where daemons are, which not everybody has on the path.
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return folder !== "";
    } catch {
      return false;
    }
  });
}
