import type { Parsed } from "../errors/diagnostic.js";
import { parseWriteBack } from "../policy/parse-write-back.js";
import type { WriteBackConfig } from "../policy/write-back-config.js";
import type { WriteBackSettings } from "../ports/write-back-settings.js";
import { applicationKey, WRITE_BACK_SETTINGS } from "./annotation-keys.js";
import { readApplicationSetting, type Annotations } from "./read-annotation.js";

/** The write-back annotations as text, trimmed. */
export function readWriteBackConfig(annotations: Annotations): WriteBackConfig {
  const find = (setting: string): string | undefined =>
    readApplicationSetting(annotations, setting)?.value.trim();
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
  return parseWriteBack(readWriteBackConfig(annotations), {
    applicationNamespace: options.applicationNamespace,
    locate: (setting) => {
      const found = readApplicationSetting(annotations, WRITE_BACK_SETTINGS[setting]);
      if (found === undefined) return { annotation: applicationKey(WRITE_BACK_SETTINGS[setting]) };
      return { annotation: found.key, offset: 0, length: found.value.length };
    },
  });
}
