import type { Diagnostic, Parsed } from "../errors/diagnostic.js";
import { compileGlob, type Glob } from "./glob.js";
import { parseAllowTags } from "./parse-allow-tags.js";
import type { FilterVerdict, TagFilter } from "./tag-filter.js";
import type { TagReason } from "./tag-reason.js";

/** The texts of a tag filter, both optional. */
export interface TagFilterSettings {
  /** `any`, or `regexp:` and an RE2 expression. */
  readonly allowTags?: string | undefined;
  /** Globs; a tag that matches any of them is ignored. */
  readonly ignoreTags?: readonly string[] | undefined;
}

/**
 * Compiles `allow-tags` and `ignore-tags` as Argo CD Image Updater reads them. There is always a value.
 *
 * A broken `allow-tags` allows no tag and is an error; a malformed glob ignores no tag and is a warning.
 * The diagnostics leave the annotation to the caller.
 */
export function parseTagFilter(
  settings: TagFilterSettings = {},
): Parsed<TagFilter> & { readonly value: TagFilter } {
  const allow = parseAllowTags(settings.allowTags);
  const patterns = settings.ignoreTags ?? [];
  const globs = patterns.map((pattern) => compileGlob(pattern));
  const usable = globs.filter((glob) => glob !== undefined);
  const malformed = patterns.filter((_pattern, index) => globs[index] === undefined);
  return {
    value: createFilter((tag) => allow.explain(tag) ?? explainIgnored(usable, tag)),
    diagnostics: [...allow.diagnostics, ...malformed.map(malformedGlob)],
  };
}

function createFilter(explain: (tag: string) => TagReason | undefined): TagFilter {
  return {
    test: (tag) => explain(tag) === undefined,
    explain(tag): FilterVerdict {
      const reason = explain(tag);
      return reason === undefined ? { kind: "accepted" } : { kind: "rejected", reason };
    },
  };
}

function explainIgnored(globs: readonly Glob[], tag: string): TagReason | undefined {
  const glob = globs.find((candidate) => candidate.matches(tag));
  return glob && { code: "ignored", pattern: glob.pattern };
}

function malformedGlob(pattern: string): Diagnostic {
  return {
    severity: "warning",
    code: "invalid-glob",
    where: {},
    message:
      `ignore-tags pattern ${JSON.stringify(pattern)} is malformed and ignores no tag; ` +
      "close every [, put - and ] in a class behind a \\, and end no pattern with a \\",
  };
}
