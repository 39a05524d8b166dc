import type { Checks } from "../trial.js";
import { applicationChecks } from "./applications.js";
import { editChecks } from "./edits.js";
import { gitChecks } from "./git.js";
import { listChecks } from "./lists.js";
import { policyChecks } from "./policies.js";
import { registryChecks } from "./registries.js";

/** Every trial that can be played, by its id. */
export const checks: Checks = {
  ...listChecks,
  ...policyChecks,
  ...registryChecks,
  ...applicationChecks,
  ...editChecks,
  ...gitChecks,
};

/** Trials that ask for a guard that is still to come, with what it is. */
export const pending: Readonly<Record<string, string>> = {
  "platform-all": "a gate for all platforms",
  "tag-and-digest": "digests beside tags for every strategy",
  "alias-of-latest": "following the digest of a moving tag",
  calver: "ordering by calendar versions",
  revert: "a guard against going back",
};
