import type { Parsed } from "../errors/diagnostic.js";
import { OWN_SETTINGS, ownKey } from "./annotation-keys.js";

/**
 * What becomes of parameters that a new override file would hide: Argo CD takes the list of the file in
 * place of the one before. `carry` copies them into the file, `drop` lets them vanish.
 */
export type OtherParameters = "carry" | "drop";

/**
 * Parses `image-updater.dev/other-parameters`. Absent or blank gives neither value nor diagnostic: an
 * update that would hide parameters is then an error.
 */
export function parseOtherParameters(
  annotations: Readonly<Record<string, unknown>>,
): Parsed<OtherParameters> {
  const key = ownKey(OWN_SETTINGS.otherParameters);
  const value = Object.hasOwn(annotations, key) ? annotations[key] : undefined;
  if (value === undefined || value === null) return { value: undefined, diagnostics: [] };
  const text = typeof value === "string" ? value.trim() : undefined;
  if (text === "") return { value: undefined, diagnostics: [] };
  if (text === "carry" || text === "drop") return { value: text, diagnostics: [] };
  const found = text === undefined ? "the value is not text" : `"${text}" is not a choice`;
  const message = `${found}; write "carry" to copy the other parameters into a new override file, or "drop" to let it hide them`;
  return {
    value: undefined,
    diagnostics: [
      {
        severity: "error",
        code: "invalid-other-parameters",
        where: { annotation: key },
        message,
      },
    ],
  };
}
