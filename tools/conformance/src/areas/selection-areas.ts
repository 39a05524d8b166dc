import {
  alphabeticalStrategy,
  newestBuildStrategy,
  parseTagFilter,
  semverStrategy,
  type TagCandidate,
  type UpdateStrategy,
} from "@image-updater/core";
import { findStrategy } from "@image-updater/core/conformance";
import { list, record, text, texts } from "../fields.js";
import type { RunCase } from "./area.js";

/** Which tags pass, and which of them is chosen. */
export const selectionAreas: Readonly<Record<string, RunCase>> = {
  "semver-select": (input, expected) => select(semverStrategy, input, expected),
  "alphabetical-select": (input, expected) => select(alphabeticalStrategy, input, expected),
  "newest-build-select": (input, expected) => select(newestBuildStrategy, input, expected),
  "allow-tags": (input) => {
    const { allowTags, tag } = record(input);
    return parseTagFilter({ allowTags: text(allowTags) }).value.test(text(tag));
  },
  "ignore-tags": (input) => {
    const { ignoreTags, tag } = record(input);
    return !parseTagFilter({ ignoreTags: texts(ignoreTags) }).value.test(text(tag));
  },
  "update-strategy": (input) => {
    const found = findStrategy(text(input));
    const warns = found.deprecatedName !== undefined || found.unknownName !== undefined;
    return { strategy: found.strategy.name, warns };
  },
};

function select(strategy: UpdateStrategy, input: unknown, expected: unknown): unknown {
  const { constraint, tags, createdUnixSeconds } = record(input);
  const dates = list(createdUnixSeconds);
  const candidates = texts(tags).map((name, index) => candidate(name, dates[index]));
  const verdict = strategy.choose(candidates, { constraint: text(constraint) });
  switch (verdict.kind) {
    case "chosen":
      return { tag: verdict.tag.name };
    case "invalid":
      return { error: verdict.reason };
    case "none":
      // "Nothing" is written as null or as empty text.
      return { tag: record(expected)["tag"] === "" ? "" : null };
  }
}

function candidate(name: string, seconds: unknown): TagCandidate {
  if (typeof seconds !== "number") return { name };
  const created = { at: new Date(seconds * 1000).toISOString(), source: "image-config" };
  return { name, details: { kind: "image", digest: "", created, labels: {}, platforms: [] } };
}
