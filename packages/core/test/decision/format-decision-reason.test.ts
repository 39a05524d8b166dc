import { describe, expect, it } from "vitest";
import type { DecisionReason } from "../../src/decision/decision-reason.js";
import { formatDecisionReason } from "../../src/decision/format-decision-reason.js";
import { FORBIDDEN } from "./policies.js";

describe("formatDecisionReason", () => {
  it.each<[DecisionReason, string]>([
    [{ code: "other-tag", from: "1", to: "2" }, '"1" is running, "2" is newest'],
    [{ code: "other-tag", from: "", to: "2" }, 'no tag is running, "2" is newest'],
    [
      { code: "other-digest", from: "sha256:a", to: "sha256:b" },
      "the tag points to sha256:b, sha256:a is running",
    ],
    [{ code: "other-digest", from: "", to: "sha256:b" }, "the tag points to sha256:b"],
    [{ code: "other-name", from: "a", to: "b" }, "a is running, b is configured"],
    [{ code: "same-tag", tag: "1" }, '"1" is running and newest'],
    [{ code: "same-digest", digest: "sha256:a" }, "sha256:a is running and current"],
    [{ code: "no-candidates", tags: 3 }, "none of 3 tag(s) is a candidate"],
    [{ code: "no-candidates", tags: 0 }, "the repository has no tags"],
    [{ code: "none-matches", text: "no tag is a version" }, "no tag is a version"],
    [{ code: "not-live" }, "no running container uses the image"],
    [{ code: "invalid-settings", text: "no constraint" }, "no constraint"],
    [{ code: "facts-failed", error: FORBIDDEN }, "ghcr.io answered 403"],
    [
      { code: "unreadable-tags", tags: ["a", "b"], error: FORBIDDEN },
      "2 candidate(s) could not be read (a: ghcr.io answered 403); nothing is decided. If that lasts, exclude them with ignore-tags: a, b",
    ],
    [
      { code: "unreadable-tags", tags: ["a", "b", "c", "d", "e", "f"], error: FORBIDDEN },
      "6 candidate(s) could not be read (a: ghcr.io answered 403); nothing is decided. If that lasts, exclude them with ignore-tags: a, b, c, d, e, …",
    ],
    [
      { code: "uncertain-tags", tags: ["a"], text: "it is gone" },
      "1 tag(s) that run or may be newer than the choice cannot be relied on (a: it is gone); nothing is decided. If that lasts, exclude it with ignore-tags: a",
    ],
    [
      { code: "incomplete-facts", tags: ["a"] },
      "1 candidate(s) were not described (a); nothing is decided",
    ],
    [{ code: "internal", error: FORBIDDEN }, "internal error: ghcr.io answered 403"],
    [
      { code: "already-in-spec", image: "nginx:1" },
      "nginx:1 already stands in the Application's spec",
    ],
    [
      { code: "foreign-secret-namespace", reference: "pullsecret:a/b" },
      "pullsecret:a/b is in another namespace than the Application; secrets are read from its own only",
    ],
    [
      { code: "credentials-not-allowed", reference: "ext:/a", namespace: "team" },
      'ext:/a runs a program or reads the environment of the controller, which Applications of the namespace "team" may not; write it in registries.conf, or add the namespace to the setting trustedNamespaces',
    ],
    [
      {
        code: "shared-place",
        images: ["a (x/a)", "b (x/b)"],
        isMore: true,
        places: ['Helm parameter "image.tag"'],
        settings: ["helm.image-tag"],
        unused: [],
      },
      'nothing is written: a (x/a), b (x/b), others would all be written to Helm parameter "image.tag", where the last one would win; set helm.image-tag of each image to places of their own',
    ],
    [
      {
        code: "shared-place",
        images: ["a (x/a)"],
        isMore: false,
        places: ['Helm value "t"'],
        settings: ["helm.image-name", "helm.image-tag"],
        unused: ["p/c.helm.image-tag"],
      },
      'nothing is written: a (x/a) would be written to Helm value "t" twice, with different values; set helm.image-name, helm.image-tag to places of their own; p/c.helm.image-tag has no effect, since no image of image-list has that alias',
    ],
  ])("of %j is %s", (reason, expected) => {
    expect(formatDecisionReason(reason)).toBe(expected);
  });
});
