import { runEmbedded } from "./embedded.js";
import { readArguments } from "./arguments.js";
import { runOwn } from "./own.js";

// Without arguments everything is brought along; with an Application, the reader's own systems are used.
const settings = readArguments(process.argv.slice(2), process.env);
process.exitCode =
  settings.applications.length === 0 ? await runEmbedded(settings) : await runOwn(settings);
