import { renderCommitMessage, setHelmValues } from "@image-updater/core";
import { load } from "js-yaml";
import { fieldsOf, textOf, type Checks, type Finding } from "../trial.js";
import { all } from "./lists.js";

/** Trials about edits of values files and about templates. */
export const editChecks: Checks = {
  "helm-values-second-document"({ input }): Finding {
    const { before, now } = edit(input);
    const [first = "", second = ""] = now.split(/^---$/mu);
    const old = before.split(/^---$/mu)[1] ?? "";
    const right = now.startsWith("refused") || (second === old && /tag: "?1\.20"?/u.test(first));
    return { right, now };
  },
  "helm-values-comments-only"({ entry }): Finding {
    const variants: unknown = entry["variants"];
    return all(
      (Array.isArray(variants) ? variants : []).map((variant: unknown) => {
        const { before, now } = edit(variant);
        const comments = before.split("\n").filter((line) => line.startsWith("#"));
        const keepsComments = comments.every((line) => now.includes(line));
        return { right: !now.startsWith("refused") && tagOf(now) === "1.20" && keepsComments, now };
      }),
    );
  },
  "block-scalar-tag"({ input }): Finding {
    const { now } = edit(input);
    return { right: !now.startsWith("refused") && tagOf(now) === "1.20", now };
  },
  "template-printf-float"({ input, expected }): Finding {
    const { text, diagnostics } = renderTemplate(textOf(input));
    const right = text === expected.split(" ")[0] && diagnostics === 0;
    return { right, now: text };
  },
};

function edit(input: unknown): { readonly before: string; readonly now: string } {
  const { before, changes } = fieldsOf(input);
  const text = textOf(before);
  const list = (Array.isArray(changes) ? changes : []).map((change: unknown) => {
    const { path, value } = fieldsOf(change);
    return { path: textOf(path), value: textOf(value) };
  });
  try {
    return { before: text, now: setHelmValues(text, list) };
  } catch (error) {
    return { before: text, now: `refused: ${error instanceof Error ? error.message : ""}` };
  }
}

/** `image.tag`, as text or number of the first document. */
function tagOf(text: string): string {
  const { tag } = fieldsOf(fieldsOf(load(text.replace(/^---\n/u, "")))["image"]);
  return String(tag);
}

function renderTemplate(template: string): {
  readonly text: string;
  readonly diagnostics: number;
} {
  const { value, diagnostics } = renderCommitMessage(template, {
    applicationName: "shop",
    changes: [],
  });
  return { text: value ?? "", diagnostics: diagnostics.length };
}
