import { readFile } from "node:fs/promises";
import {
  formatDiagnostic,
  formatPlan,
  parseRegistriesConf,
  readApplication,
  type Application,
  type Plan,
  type RegistryConfig,
} from "@image-updater/core";
import { loadAll } from "js-yaml";
import type { DemoSettings } from "./arguments.js";
import { createDemoUpdater } from "./updater.js";

/** Plans, and with `--apply` writes, the reader's own Applications. Answers the exit code. */
export async function runOwn(settings: DemoSettings): Promise<number> {
  const registries = await readRegistries(settings.registriesConf);
  const applications = await readApplications(settings.applications);
  if (registries === undefined || applications === undefined) return 1;
  if (applications.length === 0) {
    console.error("no Application with an image-list annotation was found");
    return 1;
  }
  const updater = createDemoUpdater(registries, settings);
  const plan = await updater.plan(applications);
  console.log(formatPlan(plan));
  if (!settings.apply) {
    console.log("Nothing was written; add --apply to write.");
    return hasFailed(plan) ? 1 : 0;
  }
  const report = await updater.apply(plan);
  return report.counters.errors > 0 ? 1 : 0;
}

/** Whether anything could not be decided; what was decided is in the plan all the same. */
function hasFailed({ applications }: Plan): boolean {
  return applications.some(
    ({ error, images }) =>
      error !== undefined ||
      images.some(({ decision }) => ["error", "waiting"].includes(decision.outcome)),
  );
}

async function readRegistries(
  file: string | undefined,
): Promise<readonly RegistryConfig[] | undefined> {
  if (file === undefined) return [];
  const text = await readText(file);
  if (text === undefined) return undefined;
  const { value, diagnostics } = parseRegistriesConf(text);
  for (const diagnostic of diagnostics) console.error(`${file}: ${formatDiagnostic(diagnostic)}`);
  return value;
}

/** Undefined when a file cannot be read at all. */
async function readApplications(
  files: readonly string[],
): Promise<readonly Application[] | undefined> {
  const applications: Application[] = [];
  for (const file of files) {
    const text = await readText(file);
    const manifests = text === undefined ? undefined : parseManifests(file, text);
    if (manifests === undefined) return undefined;
    for (const manifest of manifests) {
      const { value, diagnostics } = readApplication(manifest);
      for (const found of diagnostics) console.error(`${file}: ${formatDiagnostic(found)}`);
      if (value !== undefined) applications.push(value);
    }
  }
  return applications;
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    console.error(`${file}: ${String(error)}`);
    return undefined;
  }
}

function parseManifests(file: string, text: string): readonly unknown[] | undefined {
  try {
    return loadAll(text);
  } catch (error) {
    console.error(`${file}: ${String(error)}`);
    return undefined;
  }
}
