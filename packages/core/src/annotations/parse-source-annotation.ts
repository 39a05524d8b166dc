import type { Parsed } from "../errors/diagnostic.js";
import { quoteText } from "../errors/wording.js";
import type { SourceChoice } from "../policy/source-choice.js";
import { OWN_SETTINGS } from "./annotation-keys.js";
import { readOwnSetting, type Annotations } from "./read-annotation.js";

/**
 * Parses `image-updater.dev/source`: the place of a source in `spec.sources`, from zero as in `1`, or
 * a source's `name` or `ref`. Digits alone are a place. Absent gives neither value nor diagnostic.
 */
export function parseSourceAnnotation(annotations: Annotations): Parsed<SourceChoice> {
  const found = readOwnSetting(annotations, OWN_SETTINGS.source);
  if (found === undefined) return { value: undefined, diagnostics: [] };
  const text = found.value;
  if (!/^[-+]?\d+$/u.test(text)) return { value: { kind: "name", name: text }, diagnostics: [] };
  const index = Number(text);
  if (/^\d/u.test(text) && Number.isSafeInteger(index)) {
    return { value: { kind: "index", index }, diagnostics: [] };
  }
  const message = `${quoteText(text)} is not the place of a source; write 0 for the first of spec.sources, 1 for the second, or a source's name or ref`;
  const where = { annotation: found.key, offset: found.offset, length: text.length };
  return {
    value: undefined,
    diagnostics: [{ severity: "error", code: "invalid-source", where, message }],
  };
}
