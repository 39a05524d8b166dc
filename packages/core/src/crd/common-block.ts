import type { CommonUpdateSettings } from "../policy/image-settings.js";
import { mergeCommonSettings } from "../policy/merge-common-settings.js";
import type { Findings } from "./findings.js";
import { openField, type Field, type Mapping } from "./mapping.js";
import { readFlag, readText, readTextsOrText } from "./read-values.js";
import type { Block } from "./settings-block.js";

/** Common settings that a broader level hands down to a narrower one. */
export type CommonBlock = Block<CommonUpdateSettings, keyof CommonUpdateSettings>;

const COMMON_FIELDS = [
  "updateStrategy",
  "forceUpdate",
  "allowTags",
  "ignoreTags",
  "pullSecret",
  "platforms",
] as const;

/** Reads `commonUpdateSettings` of a level, and lays them over those of the broader one. */
export function readCommonSettings(
  findings: Findings,
  level: Mapping,
  broader?: CommonBlock,
): CommonBlock {
  const block = openField(findings, level, "commonUpdateSettings", COMMON_FIELDS);
  const own = block === undefined ? {} : readCommonFields(findings, block);
  const entries = COMMON_FIELDS.flatMap((name) => {
    const place = own[name];
    return place === undefined ? [] : [[name, place] as const];
  });
  const settings: CommonUpdateSettings = {
    updateStrategy: own.updateStrategy?.value,
    forceUpdate: own.forceUpdate?.value,
    allowTags: own.allowTags?.value,
    ignoreTags: own.ignoreTags?.value,
    pullSecret: own.pullSecret?.value,
    platforms: own.platforms?.value,
  };
  return {
    settings: mergeCommonSettings(broader?.settings, settings),
    places: new Map([...(broader?.places ?? []), ...entries]),
  };
}

interface CommonFields {
  readonly updateStrategy?: Field<string> | undefined;
  readonly forceUpdate?: Field<boolean> | undefined;
  readonly allowTags?: Field<string> | undefined;
  readonly ignoreTags?: Field<readonly string[]> | undefined;
  readonly pullSecret?: Field<string> | undefined;
  readonly platforms?: Field<readonly string[]> | undefined;
}

/** A block that is not a mapping may have meant any of its fields, so all of them are wrong. */
function readCommonFields(findings: Findings, block: Field<Mapping>): CommonFields {
  if (block.problem !== undefined) {
    return Object.fromEntries(COMMON_FIELDS.map((name) => [name, block]));
  }
  const fields = block.value;
  return {
    updateStrategy: readText(findings, fields, "updateStrategy"),
    forceUpdate: readFlag(findings, fields, "forceUpdate"),
    allowTags: readText(findings, fields, "allowTags"),
    ignoreTags: readTextsOrText(findings, fields, "ignoreTags"),
    pullSecret: readText(findings, fields, "pullSecret"),
    platforms: readTextsOrText(findings, fields, "platforms"),
  };
}
