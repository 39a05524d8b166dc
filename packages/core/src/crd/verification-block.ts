import type { Diagnostic } from "../errors/diagnostic.js";
import type { ImagesVerification } from "../policy/image-settings.js";
import { mergeVerification } from "../policy/merge-verification.js";
import type { Findings } from "./findings.js";
import { openField, type Field, type Mapping } from "./mapping.js";
import { readFlag, readText } from "./read-values.js";
import type { Block } from "./settings-block.js";

/** Verification that a broader level hands down; its settings are undefined where no level has any. */
export type VerificationBlock = Block<ImagesVerification | undefined, "imagesVerification">;

/** Reads `imagesVerification` of a level, and lays it over that of the broader one. */
export function readVerification(
  findings: Findings,
  level: Mapping,
  broader?: VerificationBlock,
): VerificationBlock {
  const block = openField(findings, level, "imagesVerification", ["enabled", "cosignKey"]);
  if (block === undefined) return broader ?? { settings: undefined, places: new Map() };
  const { path } = block;
  const own = readVerificationFields(findings, block);
  // Of a broader block only the key can still be in use.
  const usesBroader = own.value?.enabled !== false && own.value?.cosignKey === undefined;
  const inherited = usesBroader ? broader?.places.get("imagesVerification")?.problem : undefined;
  const problem = own.problem ?? inherited;
  return {
    settings: mergeVerification(broader?.settings, own.value),
    places: new Map([["imagesVerification", { path, problem }]]),
  };
}

const KEY_FIELDS = ["secretName", "key"] as const;

function readVerificationFields(
  findings: Findings,
  block: Field<Mapping>,
): { readonly value?: ImagesVerification; readonly problem?: Diagnostic | undefined } {
  if (block.problem !== undefined) return { problem: block.problem };
  const enabled = readFlag(findings, block.value, "enabled");
  const key = openField(findings, block.value, "cosignKey", KEY_FIELDS);
  const secretName = key?.value && readText(findings, key.value, "secretName");
  const name = key?.value && readText(findings, key.value, "key");
  const problem = [enabled, key, secretName, name].find((field) => field?.problem)?.problem;
  if (problem !== undefined) return { problem };
  if (key === undefined && enabled?.value !== false) warnOfRefusal(findings, block.path);
  const cosignKey = key && { secretName: secretName?.value ?? "", key: name?.value ?? "" };
  return { value: { enabled: enabled?.value, cosignKey } };
}

function warnOfRefusal(findings: Findings, path: string): void {
  const message =
    "the API server refuses a block that verifies without a cosignKey of its own; repeat the key here, or write enabled: false";
  findings.report(path, message, { severity: "warning", code: "invalid-verification" });
}
