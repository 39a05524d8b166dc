import type { Diagnostic, DiagnosticSeverity, Parsed } from "../errors/diagnostic.js";
import { quoteText } from "../errors/wording.js";
import { createImageReference } from "./create-image-reference.js";
import type { ImageReference } from "./image-reference.js";
import { isDigest, normalizeName, splitName, splitReference } from "./reference-grammar.js";

/**
 * Reads `[registry/]repository[:tag][@digest]`; the tag may be a version constraint.
 *
 * The name follows the normalized grammar of distribution/reference; a name it refuses (upper case,
 * say) is taken as written, with a warning. Whatever follows the colon, the same name gives the same
 * registry and repository, as in Argo CD Image Updater for plain tags.
 */
export function parseImageReference(text: string): Parsed<ImageReference> {
  const trimmed = text.trim();
  const { name, tag, digest } = splitReference(trimmed);
  const normalized = normalizeName(name);
  const { registry, repository } = normalized ?? splitName(name);
  if (repository === "") {
    return { value: undefined, diagnostics: [missingRepository(trimmed)] };
  }
  const diagnostics: Diagnostic[] = [];
  if (normalized === undefined) diagnostics.push(unknownName(trimmed, name));
  if (digest !== undefined && !isDigest(digest)) diagnostics.push(unknownDigest(trimmed, digest));
  const fields = { registry, repository, tag, digest, writtenName: name };
  return { value: createImageReference(fields), diagnostics };
}

function missingRepository(text: string): Diagnostic {
  const problem = text === "" ? "the image is empty" : `"${text}" names no repository`;
  return diagnose(
    "error",
    text,
    `${problem}; write [registry/]repository[:tag], as ghcr.io/org/app:1.2`,
  );
}

function unknownName(text: string, name: string): Diagnostic {
  if (/[*?[\]]/u.test(name)) {
    const right = "name each image, and choose among its tags with allow-tags and ignore-tags";
    return diagnose(
      "warning",
      text,
      `${quoteText(name)} matches no image: a name is read as it is written, without wildcards; ${right}`,
    );
  }
  return diagnose(
    "warning",
    text,
    `"${name}" is not a name a registry can serve; repository paths are lower-case letters and digits, ` +
      'with single ".", "_", "__" or dashes between them, at most 255 characters, and no bare image ID',
  );
}

function unknownDigest(text: string, digest: string): Diagnostic {
  return diagnose(
    "warning",
    text,
    `"${digest}" is not a digest a registry can serve; write sha256: and 64 lower-case hex digits`,
  );
}

function diagnose(severity: DiagnosticSeverity, text: string, message: string): Diagnostic {
  const where = { image: text, offset: 0, length: text.length };
  return { severity, code: "invalid-image-reference", where, message };
}
