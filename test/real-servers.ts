import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { env, stderr } from "node:process";

/** A real program that some suites talk to. */
export type RealProgram = "docker-registry" | "skopeo" | "git" | "sshd" | "openssl";

/**
 * The path of a real program, for `describe.skipIf(path === undefined)`.
 *
 * Where it is missing, says which Debian package has it and answers `undefined`. With
 * `REQUIRE_REAL_SERVERS=1`, as in `.ci/run`, it throws instead: there a skip is a failure.
 */
export function requireProgram(
  name: RealProgram,
  debianPackage: string = name,
): string | undefined {
  const path = findOnPath(name);
  if (path !== undefined) return path;
  const message = `${name} is missing: install the Debian package ${debianPackage}, or run tools/install-real-servers.sh`;
  if (env["REQUIRE_REAL_SERVERS"] === "1") throw new Error(message);
  stderr.write(`skipped: ${message}\n`);
  return undefined;
}

function findOnPath(name: string): string | undefined {
  const folders = [...(env["PATH"] ?? "").split(delimiter), "/usr/bin", "/usr/sbin"];
  return folders
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
