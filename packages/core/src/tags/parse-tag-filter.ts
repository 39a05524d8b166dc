import type { Diagnostic, Parsed } from "../errors/diagnostic.js";
import { parseAllowTags, type AllowRule } from "./parse-allow-tags.js";
import { parseIgnoreTags, type IgnoreRule } from "./parse-ignore-tags.js";
import type { FilterVerdict, TagFilter } from "./tag-filter.js";
import type { TagReason } from "./tag-reason.js";

/** The texts of a tag filter, both optional. */
export interface TagFilterSettings {
  /** `any`, or `regexp:` and an RE2 expression. */
  readonly allowTags?: string | undefined;
  /** Globs; a tag that matches any of them is ignored. */
  readonly ignoreTags?: readonly string[] | undefined;
}

/** A compiled filter, and what is wrong with each of its texts. */
export interface CompiledTagFilter {
  readonly filter: TagFilter;
  readonly allowTags: readonly Diagnostic[];
  /** What is wrong with a glob, by its place in the list; globs without fault are left out. */
  readonly ignoreTags: IgnoreRule["problems"];
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
  const { filter, allowTags, ignoreTags } = compileTagFilter(settings);
  return {
    value: filter,
    diagnostics: [...allowTags, ...ignoreTags.map(({ diagnostic }) => diagnostic)],
  };
}

/** Compiles a filter, both of its texts once. */
export function compileTagFilter({
  allowTags,
  ignoreTags = [],
}: TagFilterSettings): CompiledTagFilter {
  return combine(parseAllowTags(allowTags), parseIgnoreTags(ignoreTags));
}

/** Compiles the filters of many images; a text that several have in common is compiled once. */
export function createTagFilterCompiler(): typeof compileTagFilter {
  const allowed = new Map<string | undefined, AllowRule>();
  const ignored = new Map<readonly string[] | undefined, IgnoreRule>();
  return ({ allowTags, ignoreTags }) => {
    const allow = allowed.get(allowTags) ?? parseAllowTags(allowTags);
    const ignore = ignored.get(ignoreTags) ?? parseIgnoreTags(ignoreTags ?? []);
    allowed.set(allowTags, allow);
    ignored.set(ignoreTags, ignore);
    return combine(allow, ignore);
  };
}

const ACCEPTED: FilterVerdict = { kind: "accepted" };

function combine(allow: AllowRule, ignore: IgnoreRule): CompiledTagFilter {
  const explain = (tag: string): TagReason | undefined => allow.explain(tag) ?? ignore.explain(tag);
  const filter: TagFilter = {
    test: (tag) => explain(tag) === undefined,
    explain(tag): FilterVerdict {
      const reason = explain(tag);
      return reason === undefined ? ACCEPTED : { kind: "rejected", reason };
    },
  };
  return { filter, allowTags: allow.diagnostics, ignoreTags: ignore.problems };
}
