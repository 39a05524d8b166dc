import { env, stdout } from "node:process";
import type { TestProject } from "vitest/node";

/** Says once which seed the properties of this run have. */
export function setup(project: TestProject): void {
  const seed = project.config.env?.["PROPERTY_SEED"] ?? env["PROPERTY_SEED"];
  stdout.write(`Properties are tried with PROPERTY_SEED=${seed}\n`);
}
