import { alphabeticalStrategy } from "./alphabetical-strategy.js";
import { digestStrategy } from "./digest-strategy.js";
import { newestBuildStrategy } from "./newest-build-strategy.js";
import { semverStrategy } from "./semver-strategy.js";
import type { UpdateStrategy } from "./update-strategy.js";

/** The strategies of Argo CD Image Updater, the default first. */
export const builtInStrategies: readonly UpdateStrategy[] = [
  semverStrategy,
  newestBuildStrategy,
  alphabeticalStrategy,
  digestStrategy,
];
