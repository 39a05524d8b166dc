import { expect, it } from "vitest";
import { formatTagReason } from "../../src/tags/format-tag-reason.js";
import type { TagReason } from "../../src/tags/tag-reason.js";

const error = { name: "RegistryError", code: "forbidden", message: "ghcr.io answered 403" };

it.each<[TagReason, string]>([
  [{ code: "chosen" }, "is chosen"],
  [{ code: "not-newest", chosen: "1.3.0" }, "is not the newest, which is 1.3.0"],
  [{ code: "not-allowed", pattern: "regexp:^v" }, "does not match allow-tags regexp:^v"],
  [
    { code: "invalid-pattern", pattern: "regexp:(", problem: "missing closing )" },
    "is not allowed, because no tag is: allow-tags regexp:( cannot be used, missing closing )",
  ],
  [{ code: "ignored", pattern: "*-rc" }, "matches ignore-tags *-rc"],
  [
    { code: "not-the-constraint-tag", constraint: "latest" },
    "is not latest, the one tag to follow",
  ],
  [{ code: "not-a-version" }, "is not a semantic version"],
  [{ code: "constraint-mismatch", constraint: "1.x" }, "does not satisfy 1.x"],
  [
    { code: "prerelease-excluded", constraint: "*" },
    "is a prerelease, and * does not ask for prereleases",
  ],
  [{ code: "gone" }, "is gone from the registry"],
  [{ code: "not-an-image", mediaType: "text/plain" }, "is not an image but text/plain"],
  [
    { code: "no-platform", wanted: ["linux/arm64"], available: ["linux/amd64", "linux/s390x"] },
    "has no image for linux/arm64, only for linux/amd64, linux/s390x",
  ],
  [
    { code: "no-platform", wanted: ["linux/arm64", "linux/arm"], available: [] },
    "has no image for linux/arm64 or linux/arm, only for unknown platforms",
  ],
  [{ code: "no-date" }, "has no usable build date"],
  [{ code: "unreadable", error }, "could not be read: ghcr.io answered 403"],
  [{ code: "not-described" }, "was not looked up"],
  [{ code: "undecided" }, "is not judged, because the facts are incomplete"],
  [{ code: "strategy", text: "is too short" }, "is too short"],
  [{ code: "refused", text: "answered 412" }, "may not be pulled: answered 412"],
  [{ code: "broken", text: "answered 404" }, "is broken in the registry: answered 404"],
])("says %o", (reason, expected) => {
  expect(formatTagReason(reason)).toBe(expected);
});
