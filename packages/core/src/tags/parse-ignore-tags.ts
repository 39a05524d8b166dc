import type { Diagnostic, DiagnosticCode } from "../errors/diagnostic.js";
import { quoteText } from "../errors/wording.js";
import { canMatchTags, compileGlob, type Glob } from "./glob.js";
import type { TagReason } from "./tag-reason.js";

/** `ignore-tags`, compiled. */
export interface IgnoreRule {
  /** Why the tag is ignored, `undefined` when it is not. */
  explain(tag: string): TagReason | undefined;
  /** What is wrong with a glob, and which one it is. */
  readonly problems: readonly { readonly item: number; readonly diagnostic: Diagnostic }[];
}

/**
 * Compiles the globs of `ignore-tags` as Argo CD Image Updater reads them.
 *
 * A malformed glob ignores no tag and is a warning, and so is one that can match no tag, or that is
 * written in another language than that of globs. A blank glob ignores no tag, without a word.
 */
export function parseIgnoreTags(patterns: readonly string[]): IgnoreRule {
  const globs = patterns.map((pattern) => compileGlob(pattern));
  const usable = globs.filter((glob) => glob !== undefined);
  return {
    explain(tag) {
      const glob = usable.find((candidate) => candidate.matches(tag));
      return glob && { code: "ignored", pattern: glob.pattern };
    },
    problems: patterns.flatMap((pattern, item) => {
      const diagnostic = inspect(pattern, globs[item]);
      return diagnostic === undefined ? [] : [{ item, diagnostic }];
    }),
  };
}

function inspect(pattern: string, glob: Glob | undefined): Diagnostic | undefined {
  if (pattern === "") return undefined;
  const quoted = `ignore-tags pattern ${quoteText(pattern)}`;
  if (/^regexp:/iu.test(pattern)) {
    return warn(
      "unmatchable-pattern",
      `${quoted} ignores no tag: ignore-tags takes globs, only allow-tags takes regexp:; write a glob as *-rc*, or say with allow-tags which tags count`,
    );
  }
  if (glob === undefined) {
    return warn(
      "invalid-glob",
      `${quoted} is malformed and ignores no tag; close every [, put - and ] in a class behind a \\, and end no pattern with a \\`,
    );
  }
  if (!canMatchTags(pattern)) {
    return warn(
      "unmatchable-pattern",
      `${quoted} ignores no tag: it asks for a character that no tag has there; write a glob of letters, digits, "_", "." and "-" with *, ? and [a-z], as *-rc*`,
    );
  }
  if (/\[!/u.test(pattern)) {
    return warn("invalid-glob", `${quoted} takes "!" as a character; write [^…] for all others`);
  }
  if (/\\[bdswBDSW]/u.test(pattern)) {
    return warn(
      "invalid-glob",
      `${quoted} is a glob, in which a \\ takes the next letter as it is; write [0-9] for a digit`,
    );
  }
  return undefined;
}

function warn(code: DiagnosticCode, message: string): Diagnostic {
  return { severity: "warning", code, where: {}, message };
}
