import { hasErrors } from "../errors/diagnostic.js";
import type { ImagePolicyOptions } from "../policy/parse-image-policy.js";
import { parseVerification } from "../policy/parse-verification.js";
import { parseWriteBack, type WriteBackSettingName } from "../policy/parse-write-back.js";
import type { WriteBackSettings } from "../ports/write-back-settings.js";
import type { ApplicationRef, ApplicationRefSettings } from "./application-ref.js";
import { readCommonSettings, type CommonBlock } from "./common-block.js";
import { createFindings, type Findings } from "./findings.js";
import { openMapping, type Mapping } from "./mapping.js";
import { parseImageEntry, type ImageEntry } from "./parse-image-entry.js";
import { MATCHES_ALL, readMatcher } from "./read-matcher.js";
import { readFlag, readList } from "./read-values.js";
import { problemsOf } from "./settings-block.js";
import { readVerification, type VerificationBlock } from "./verification-block.js";
import { readWriteBack, type WriteBackBlock } from "./write-back-block.js";

/** What surrounds a reference: the resource, its settings, and the patterns that are taken. */
export interface RefContext {
  /** `namespace/name`, for messages. */
  readonly resource: string;
  readonly common: CommonBlock;
  readonly writeBack: WriteBackBlock;
  readonly verification: VerificationBlock;
  readonly taken: ReadonlySet<string>;
  readonly options: Omit<ImagePolicyOptions, "locate">;
}

const FIELDS = [
  "namePattern",
  "labelSelectors",
  "useAnnotations",
  "commonUpdateSettings",
  "writeBackConfig",
  "imagesVerification",
  "images",
];

const BROKEN: ApplicationRefSettings = { kind: "broken" };

/** Parses one of `spec.applicationRefs`; whatever it is, it makes a reference, at worst a broken one. */
export function parseApplicationRef(
  entry: unknown,
  index: number,
  context: RefContext,
): ApplicationRef {
  const findings = createFindings(context.resource);
  const path = `spec.applicationRefs[${index}]`;
  const opened = openMapping(findings, path, entry, FIELDS);
  const isMapping = opened.problem === undefined;
  const matcher = isMapping ? readMatcher(findings, opened.value, context.taken) : MATCHES_ALL;
  const settings = isMapping ? readSettings(findings, opened.value, context) : BROKEN;
  const { isBroken, ...matching } = matcher;
  return {
    ...matching,
    index,
    settings: isBroken ? BROKEN : settings,
    diagnostics: findings.diagnostics,
  };
}

function readSettings(
  findings: Findings,
  ref: Mapping,
  context: RefContext,
): ApplicationRefSettings {
  const useAnnotations = readFlag(findings, ref, "useAnnotations");
  const verification = readVerification(findings, ref, context.verification);
  if (useAnnotations?.problem !== undefined) return BROKEN;
  if (useAnnotations?.value === true) return readAnnotated(findings, ref, verification);
  return readPolicies(findings, ref, { ...context, verification });
}

const CRD_ONLY = ["images", "commonUpdateSettings", "writeBackConfig"];

/** Verification of the resource holds here too: annotations cannot ask for it themselves. */
function readAnnotated(
  findings: Findings,
  ref: Mapping,
  block: VerificationBlock,
): ApplicationRefSettings {
  for (const field of CRD_ONLY.filter((name) => ref.fields.has(name))) {
    const message = "it is not read, since useAnnotations is true; take one of the two out";
    findings.report(`${ref.path}.${field}`, message, { severity: "warning", code: "unused-field" });
  }
  const problems = problemsOf(block);
  findings.include(problems);
  if (problems.length > 0) return BROKEN;
  const { value, diagnostics } = parseVerification(block.settings);
  const field = block.places.get("imagesVerification")?.path ?? ref.path;
  findings.adopt(diagnostics.map((found) => ({ ...found, where: { field } })));
  if (hasErrors(diagnostics)) return BROKEN;
  return { kind: "annotations", ...(value === undefined ? {} : { verification: value }) };
}

function readPolicies(
  findings: Findings,
  ref: Mapping,
  context: RefContext,
): ApplicationRefSettings {
  const writeBack = parseMergedWriteBack(findings, ref, context);
  const entries = readImages(findings, ref, context);
  if (writeBack === undefined || entries === undefined) return BROKEN;
  return {
    kind: "policies",
    value: {
      images: entries.flatMap(({ policy }) => policy ?? []),
      invalidImages: entries.flatMap(({ invalid }) => invalid ?? []),
      writeBack,
    },
  };
}

function readImages(
  findings: Findings,
  ref: Mapping,
  context: RefContext,
): readonly ImageEntry[] | undefined {
  const common = readCommonSettings(findings, ref, context.common);
  const images = readList(findings, ref, "images");
  if (images?.problem !== undefined) return undefined;
  if (images === undefined || images.value.length === 0) {
    const message = "there is no image; write at least one, or useAnnotations: true";
    findings.report(`${ref.path}.images`, message);
    return undefined;
  }
  const { verification, options } = context;
  const taken = new Set<string>();
  return images.value.map((entry, index) => {
    const place = `${images.path}[${index}]`;
    const image = parseImageEntry(findings, place, entry, { common, verification, taken, options });
    if (image.alias !== undefined) taken.add(image.alias);
    return image;
  });
}

function parseMergedWriteBack(
  findings: Findings,
  ref: Mapping,
  { writeBack, options }: RefContext,
): WriteBackSettings | undefined {
  const block = readWriteBack(findings, ref, writeBack);
  const problems = problemsOf(block);
  findings.include(problems);
  if (problems.length > 0) return undefined;
  const { value, diagnostics } = parseWriteBack(block.settings, {
    applicationNamespace: options.applicationNamespace,
    locate: (setting: WriteBackSettingName, item) => {
      const place = block.places.get(setting)?.path ?? `${ref.path}.writeBackConfig`;
      return { field: item === undefined ? place : `${place}[${item}]` };
    },
  });
  findings.adopt(diagnostics);
  return value;
}
