import { readFile } from "node:fs/promises";
import {
  formatDiagnostic,
  formatPlan,
  parseRegistriesConf,
  readApplication,
  type Application,
  type RegistryConfig,
} from "@image-updater/core";
import { loadAll } from "js-yaml";
import type { DemoSettings } from "./arguments.js";
import { createDemoUpdater } from "./updater.js";

/** Plans, and with `--apply` writes, the reader's own Applications. Answers the exit code. */
export async function runOwn(settings: DemoSettings): Promise<number> {
  const registries = await readRegistries(settings.registriesConf);
  if (registries === undefined) return 1;
  const applications = await readApplications(settings.applications);
  if (applications.length === 0) {
    console.error("no Application with an image-list annotation was found");
    return 1;
  }
  const updater = createDemoUpdater(registries, settings);
  const plan = await updater.plan(applications);
  console.log(formatPlan(plan));
  if (!settings.apply) {
    console.log("Nothing was written; add --apply to write.");
    return plan.applications.some(({ error }) => error !== undefined) ? 1 : 0;
  }
  const report = await updater.apply(plan);
  return report.counters.errors > 0 ? 1 : 0;
}

async function readRegistries(
  file: string | undefined,
): Promise<readonly RegistryConfig[] | undefined> {
  if (file === undefined) return [];
  const { value, diagnostics } = parseRegistriesConf(await readFile(file, "utf8"));
  for (const diagnostic of diagnostics) console.error(`${file}: ${formatDiagnostic(diagnostic)}`);
  return value;
}

async function readApplications(files: readonly string[]): Promise<readonly Application[]> {
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  return texts
    .flatMap((text) => loadAll(text))
    .flatMap((manifest) => {
      const { value, diagnostics } = readApplication(manifest);
      for (const diagnostic of diagnostics) console.error(formatDiagnostic(diagnostic));
      return value === undefined ? [] : [value];
    });
}
