import type { InvalidImage } from "../annotations/parse-annotations.js";
import { hasErrors, type Diagnostic, type DiagnosticLocation } from "../errors/diagnostic.js";
import type { ImagePolicy } from "../policy/image-policy.js";
import type { ImageSettings, ManifestTargets } from "../policy/image-settings.js";
import {
  parseImageSettings,
  type ImagePolicyOptions,
  type SettingName,
} from "../policy/parse-image-policy.js";
import { readCommonSettings, type CommonBlock } from "./common-block.js";
import type { Findings } from "./findings.js";
import { readManifestTargets } from "./manifest-targets.js";
import { describeValue, openMapping, type Field, type Mapping } from "./mapping.js";
import { readText } from "./read-values.js";
import { problemsOf, type SettingPlace } from "./settings-block.js";
import { readVerification, type VerificationBlock } from "./verification-block.js";

/** What surrounds an image: the settings it inherits, and the aliases that are taken. */
export interface ImageContext {
  readonly common: CommonBlock;
  readonly verification: VerificationBlock;
  readonly taken: ReadonlySet<string>;
  readonly options: Omit<ImagePolicyOptions, "locate">;
}

/** An entry of `images[]`: a policy, or why there is none. */
export interface ImageEntry {
  readonly alias?: string | undefined;
  readonly policy?: ImagePolicy | undefined;
  readonly invalid?: InvalidImage | undefined;
}

const FIELDS = [
  "alias",
  "imageName",
  "commonUpdateSettings",
  "manifestTargets",
  "imagesVerification",
];

/**
 * Parses one entry of `images[]`, its settings laid over those it inherits.
 *
 * One wrong setting that holds for it makes it an invalid image; one that it overrides does not.
 */
export function parseImageEntry(
  findings: Findings,
  path: string,
  entry: unknown,
  context: ImageContext,
): ImageEntry {
  const opened = openMapping(findings, path, entry, FIELDS);
  if (opened.problem !== undefined) return { invalid: { text: path, problem: opened.problem } };
  const alias = readAlias(findings, opened.value, context.taken);
  const imageName = readImageName(findings, opened.value);
  const settings = readImageSettings(findings, opened.value, context);
  const own = alias.value === undefined ? {} : { alias: alias.value };
  const refuse = (problem: Diagnostic, policy?: ImagePolicy): ImageEntry => ({
    ...own,
    invalid: {
      text: imageName.value ?? path,
      ...own,
      problem,
      ...(policy === undefined ? {} : { policy }),
    },
  });
  if (alias.problem !== undefined) return refuse(alias.problem);
  if (imageName.problem !== undefined) return refuse(imageName.problem);
  if (settings.problem !== undefined) {
    findings.include([settings.problem]);
    return refuse(settings.problem);
  }
  const { value, withoutStrategy, diagnostics } = parseImageSettings(
    { alias: alias.value, imageName: imageName.value, ...settings.value },
    { ...context.options, locate: locateSettings(path, alias.value, settings.places) },
  );
  const adopted = findings.adopt(diagnostics);
  if (value !== undefined) return { ...own, policy: value };
  const reason = adopted.find((diagnostic) => hasErrors([diagnostic]));
  const unread = "the image cannot be read; check its settings";
  return refuse(reason ?? findings.report(path, unread), withoutStrategy);
}

const ALIAS = /^[a-zA-Z0-9][a-zA-Z0-9-._]*$/u;

function readAlias(findings: Findings, entry: Mapping, taken: ReadonlySet<string>): Field<string> {
  const path = `${entry.path}.alias`;
  const alias = readText(findings, entry, "alias");
  if (alias?.problem !== undefined) return alias;
  if (alias === undefined || !ALIAS.test(alias.value)) {
    const right = `write letters, digits, "-", "." and "_", beginning with a letter or digit`;
    const message = `${describeValue(alias?.value)} is not an alias; ${right}`;
    return { path, problem: findings.report(path, message) };
  }
  if (!taken.has(alias.value)) return alias;
  const message = `the alias "${alias.value}" is taken by an image before; give every image of the reference its own`;
  const kind = { code: "duplicate-alias", image: alias.value } as const;
  return { path, problem: findings.report(path, message, kind) };
}

function readImageName(findings: Findings, entry: Mapping): Field<string> {
  const name = readText(findings, entry, "imageName");
  if (name !== undefined) return name;
  const path = `${entry.path}.imageName`;
  const message = "the image's name is missing; write [registry/]name[:constraint]";
  return { path, problem: findings.report(path, message) };
}

interface OwnSettings {
  readonly value: Omit<ImageSettings, "alias" | "imageName">;
  readonly places: ReadonlyMap<SettingName, SettingPlace>;
  readonly problem: Diagnostic | undefined;
}

function readImageSettings(
  findings: Findings,
  entry: Mapping,
  { common: sharedSettings, verification: sharedVerification }: ImageContext,
): OwnSettings {
  const common = readCommonSettings(findings, entry, sharedSettings);
  const verification = readVerification(findings, entry, sharedVerification);
  const targets: Field<ManifestTargets> | undefined = readManifestTargets(findings, entry);
  const value = {
    commonUpdateSettings: common.settings,
    manifestTargets: targets?.value,
    imagesVerification: verification.settings,
  };
  const places = new Map<SettingName, SettingPlace>([
    ...common.places,
    ...verification.places,
    ["imageName", { path: `${entry.path}.imageName` }],
    ["manifestTargets", { path: `${entry.path}.manifestTargets` }],
  ]);
  const [problem = targets?.problem] = problemsOf({ settings: value, places });
  return { value, places, problem };
}

/** A setting that the image inherits is not the image's: it is reported once, without its alias. */
function locateSettings(
  path: string,
  alias: string,
  places: ReadonlyMap<SettingName, SettingPlace>,
): (setting: SettingName, item?: number) => DiagnosticLocation {
  return (setting, item) => {
    const place = places.get(setting)?.path ?? path;
    const image = place.startsWith(path) ? alias : undefined;
    return { field: item === undefined ? place : `${place}[${item}]`, image };
  };
}
