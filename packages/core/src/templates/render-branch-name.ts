import { sha256 } from "@noble/hashes/sha2.js";
import { hex } from "@scure/base";
import type { Parsed } from "../errors/diagnostic.js";
import { renderTemplate } from "./render-template.js";
import { stringValue, structValue, type TemplateValue } from "@image-updater/go-template";
import { encodedLength, encodeText } from "./utf8-text.js";

/** One image whose change goes to the branch. */
export interface BranchNameImage {
  /** Name without the registry: `.Name`. */
  readonly name: string;
  readonly alias: string;
  readonly oldTag: string;
  readonly newTag: string;
}

/** What a branch name can be made of; text that is not given is empty. */
export interface BranchNameData {
  /** `.Images`, and in their order the source of `.SHA256`. */
  readonly images: readonly BranchNameImage[];
  /** `.AppName`. */
  readonly applicationName?: string | undefined;
  /** `.AppNamespace`. */
  readonly applicationNamespace?: string | undefined;
  /** `.TargetKey`: what tells apart the files that pull requests write to. */
  readonly targetKey?: string | undefined;
}

const MAXIMUM_BYTES = 255;

/**
 * Renders a branch name template (Go `text/template`) as Argo CD Image Updater does.
 *
 * A name longer than 255 bytes of UTF-8 is cut there, with a warning. A template that fails gives no
 * value and an error. Whether Git takes the name is for `checkBranchName` to say.
 */
export function renderBranchName(template: string, data: BranchNameData): Parsed<string> {
  const rendered = renderTemplate(template, branchNameValue(data), {
    name: "branch name",
    severity: "error",
  });
  if (rendered.value === undefined) return rendered;
  const value = cut(rendered.value);
  if (value === rendered.value) return rendered;
  const message = `branch name template: the name is cut after ${MAXIMUM_BYTES} bytes: "${value}"`;
  return {
    value,
    diagnostics: [{ severity: "warning", code: "invalid-branch-name", where: {}, message }],
  };
}

function branchNameValue(data: BranchNameData): TemplateValue {
  return structValue("argocd.branchNameTemplate", {
    Images: {
      kind: "list",
      elementType: "argocd.imageChange",
      items: data.images.map(({ name, alias, oldTag, newTag }) =>
        structValue("argocd.imageChange", {
          Name: stringValue(name),
          Alias: stringValue(alias),
          OldTag: stringValue(oldTag),
          NewTag: stringValue(newTag),
        }),
      ),
    },
    SHA256: stringValue(hashOf(data.images)),
    AppName: stringValue(data.applicationName ?? ""),
    AppNamespace: stringValue(data.applicationNamespace ?? ""),
    TargetKey: stringValue(data.targetKey ?? ""),
  });
}

function hashOf(images: readonly BranchNameImage[]): string {
  const text = images.map(({ name, oldTag, newTag }) => `${name}-${oldTag}-${newTag},`).join("");
  return hex.encode(sha256(encodeText(text)));
}

/** Cuts at the limit, or before a character that would not fit as a whole. */
function cut(name: string): string {
  let bytes = 0;
  let end = 0;
  for (const character of name) {
    bytes += encodedLength(character.codePointAt(0) ?? 0);
    if (bytes > MAXIMUM_BYTES) return name.slice(0, end);
    end += character.length;
  }
  return name;
}
