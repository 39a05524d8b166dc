import { runEmbedded } from "./embedded.js";
import { readArguments, type DemoSettings } from "./arguments.js";
import { runOwn } from "./own.js";

process.exitCode = await main();

/** Without arguments everything is brought along; with an Application, the reader's own systems are used. */
async function main(): Promise<number> {
  let settings: DemoSettings;
  try {
    settings = readArguments(process.argv.slice(2), process.env);
  } catch (error) {
    console.error(String(error));
    return 1;
  }
  return settings.applications.length === 0 ? runEmbedded(settings) : runOwn(settings);
}
