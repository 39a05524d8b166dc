import { hasErrors, type DiagnosticLocation, type Parsed } from "../errors/diagnostic.js";
import { parseWriteBack, type WriteBackSettingName } from "../policy/parse-write-back.js";
import type { WriteBackConfig } from "../policy/write-back-config.js";
import type { WriteBackSettings } from "../ports/write-back-settings.js";
import { applicationKey, OWN_SETTINGS, ownKey, WRITE_BACK_SETTINGS } from "./annotation-keys.js";
import { placeOf } from "./locate-setting.js";
import {
  itemsOf,
  readApplicationSetting,
  readOwnSetting,
  type Annotations,
} from "./read-annotation.js";
import { readPullRequest } from "./read-pull-request.js";

/** The write-back annotations that upstream has, as text. */
export function readWriteBackConfig(annotations: Annotations): WriteBackConfig {
  const find = (setting: string): string | undefined =>
    readApplicationSetting(annotations, setting)?.value;
  const method = find(WRITE_BACK_SETTINGS.method);
  const repository = find(WRITE_BACK_SETTINGS.repository);
  const branch = find(WRITE_BACK_SETTINGS.branch);
  const writeBackTarget = find(WRITE_BACK_SETTINGS.writeBackTarget);
  const gitConfig = {
    ...(repository === undefined ? {} : { repository }),
    ...(branch === undefined ? {} : { branch }),
    ...(writeBackTarget === undefined ? {} : { writeBackTarget }),
  };
  return {
    ...(method === undefined ? {} : { method }),
    ...(Object.keys(gitConfig).length === 0 ? {} : { gitConfig }),
  };
}

/** Parses the write-back annotations; the value is undefined when one that is used is wrong. */
export function parseWriteBackAnnotations(
  annotations: Annotations,
  options: { readonly applicationNamespace?: string | undefined } = {},
): Parsed<WriteBackSettings> {
  const pullRequest = readPullRequest(annotations);
  const config = readWriteBackConfig(annotations);
  const gitConfig = { ...config.gitConfig, pullRequest: pullRequest.value };
  const { value, diagnostics } = parseWriteBack(
    { ...config, gitConfig },
    {
      applicationNamespace: options.applicationNamespace,
      locate: (setting, item) => locateWriteBack(annotations, setting, item),
    },
  );
  return {
    value: hasErrors(pullRequest.diagnostics) ? undefined : value,
    diagnostics: [...pullRequest.diagnostics, ...diagnostics],
  };
}

function locateWriteBack(
  annotations: Annotations,
  setting: WriteBackSettingName,
  item: number | undefined,
): DiagnosticLocation {
  const isOwn = setting === "pullRequest" || setting === "pullRequestLabels";
  const key = isOwn ? ownKey(OWN_SETTINGS[setting]) : applicationKey(WRITE_BACK_SETTINGS[setting]);
  const found = isOwn
    ? readOwnSetting(annotations, OWN_SETTINGS[setting])
    : readApplicationSetting(annotations, WRITE_BACK_SETTINGS[setting]);
  if (found === undefined) return { annotation: key };
  return { annotation: key, ...placeOf({ ...found, items: itemsOf(found) }, item) };
}
