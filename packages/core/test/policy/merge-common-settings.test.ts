import { describe, expect, it } from "vitest";
import type { CommonUpdateSettings } from "../../src/policy/image-settings.js";
import { mergeCommonSettings } from "../../src/policy/merge-common-settings.js";

const broader: CommonUpdateSettings = {
  updateStrategy: "digest",
  forceUpdate: true,
  allowTags: "any",
  ignoreTags: ["a", "b"],
  pullSecret: "env:A",
  platforms: ["linux/amd64"],
};

describe("mergeCommonSettings", () => {
  it("takes every field of the narrower level that is set", () => {
    const narrower: CommonUpdateSettings = {
      updateStrategy: "semver",
      forceUpdate: false,
      allowTags: "regexp:v",
      ignoreTags: ["c"],
      pullSecret: "env:B",
      platforms: ["linux/arm64"],
    };
    expect(mergeCommonSettings(broader, narrower)).toEqual(narrower);
  });

  it("keeps every field that the narrower level leaves open", () => {
    expect(mergeCommonSettings(broader, {})).toEqual(broader);
    expect(mergeCommonSettings(broader, undefined)).toEqual(broader);
    expect(mergeCommonSettings(undefined, broader)).toEqual(broader);
  });

  it("replaces lists and does not append to them, an empty one too", () => {
    const merged = mergeCommonSettings(broader, { ignoreTags: [], platforms: ["windows/amd64"] });
    expect(merged.ignoreTags).toEqual([]);
    expect(merged.platforms).toEqual(["windows/amd64"]);
  });
});
