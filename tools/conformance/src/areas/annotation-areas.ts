import { hasErrors, parseAnnotations, parseImageList } from "@image-updater/core";
import {
  ANNOTATION_PREFIX,
  readCommonSettings,
  readImageSettings,
  readWriteBackConfig,
} from "@image-updater/core/conformance";
import { record, text } from "../fields.js";
import type { RunCase } from "./area.js";

/** Annotations as the settings they mean. */
export const annotationAreas: Readonly<Record<string, RunCase>> = {
  "annotations-images": (input) => {
    const annotations = prefixed(input);
    const parsed = parseAnnotations(annotations);
    const whole = parsed.value;
    // That a constraint which a comma cut is an error comes after its settings are read.
    const invalid = whole?.invalidImages.filter(
      ({ problem }) => problem.code !== "ambiguous-constraint",
    );
    if (invalid === undefined || invalid.length > 0) return { error: true };
    const tracked = parseImageList(annotations[`${ANNOTATION_PREFIX}image-list`] ?? "").value ?? [];
    const settings = tracked.map(({ alias = "", text: entry }) => {
      const name = alias === "" ? entry : entry.slice(entry.indexOf("=") + 1).trim();
      return readImageSettings(annotations, alias, name);
    });
    if (settings.some(({ diagnostics }) => hasErrors(diagnostics))) return { error: true };
    return settings.map(({ value }) => value?.settings);
  },
  "annotations-write-back": (input) => readWriteBackConfig(prefixed(input)),
  "annotations-app-wide": (input) => {
    const common = readCommonSettings(prefixed(input));
    return common.value?.settings ?? { error: true };
  },
};

function prefixed(input: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(record(input)).map(([key, value]) => [
      key.startsWith(ANNOTATION_PREFIX) ? key : `${ANNOTATION_PREFIX}${key}`,
      text(value),
    ]),
  );
}
