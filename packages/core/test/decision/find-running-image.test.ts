import { describe, expect, it } from "vitest";
import {
  findRunningImage,
  findRunningImages,
  matchForDigest,
} from "../../src/decision/find-running-image.js";
import { loadUpstreamVectors } from "../version/load-vectors.js";
import { policyOf, reference } from "./policies.js";

function found(image: string, live: readonly string[], kustomizeName?: string): readonly string[] {
  const kustomize = kustomizeName === undefined ? {} : { kustomize: { name: kustomizeName } };
  const policy = policyOf(image, { manifestTargets: kustomize });
  return findRunningImages(policy, live.map(reference)).map(String);
}

describe("findRunningImages", () => {
  it.each([
    ["nginx:1.x", ["nginx:1.0", "redis:7", "nginx:1.1"], ["nginx:1.0", "nginx:1.1"]],
    ["nginx:1.x", ["docker.io/nginx:1.0"], []],
    ["docker.io/nginx:1.x", ["docker.io/nginx:1.0", "nginx:1.0"], ["docker.io/nginx:1.0"]],
    ["docker.io/library/nginx:~1.2", ["docker.io/nginx:1.2"], ["docker.io/nginx:1.2"]],
    ["ghcr.io/a/b", ["quay.io/a/b:1"], []],
  ])("of %s among %j are %j", (image, live, expected) => {
    expect(found(image, live)).toEqual(expected);
  });

  it("are those of the Kustomize name where there are any", () => {
    const live = ["ghcr.io/a/b:1", "quay.io/a/b:2"];
    expect(found("ghcr.io/a/b", live, "quay.io/a/b")).toEqual(["quay.io/a/b:2"]);
    expect(found("ghcr.io/a/b", live, "quay.io/other")).toEqual(["ghcr.io/a/b:1"]);
  });
});

describe("findRunningImage", () => {
  it("is the first of them, and without one an untagged image only where that is forced", () => {
    const forced = policyOf("nginx:1.x@sha256:aa", { commonUpdateSettings: { forceUpdate: true } });
    expect(findRunningImage(forced, [])?.toString()).toBe("nginx");
    expect(findRunningImage(forced, [reference("nginx:1.0")])?.toString()).toBe("nginx:1.0");
    expect(findRunningImage(policyOf("nginx:1.x"), [])).toBeUndefined();
  });
});

describe("matchForDigest", () => {
  it.each([
    [["a:x@sha256:old", "a:t@sha256:new", "a:t@sha256:old"], "a:t@sha256:old"],
    [["a:x@sha256:old", "a:t"], "a:t"],
    [["a:x@sha256:old", "a:t@sha256:new"], "a:t@sha256:new"],
    [["a:x@sha256:new", "a:y@sha256:old"], "a:y@sha256:old"],
    [["a:x@sha256:new"], undefined],
    [[], undefined],
  ])("among %j means %s", (running, expected) => {
    const match = matchForDigest(running.map(reference), "t", "sha256:new");
    expect(match?.toString()).toBe(expected);
  });

  it("agrees with upstream", () => {
    type Input = { configured: string; live: string[]; latestDigest: string };
    for (const { id, input, expected } of loadUpstreamVectors<Input, string | null>(
      "digest-live-match",
    )) {
      const policy = policyOf(input.configured, { strategy: "digest" });
      const running = findRunningImages(policy, input.live.map(reference));
      const match = matchForDigest(running, policy.constraint ?? "", input.latestDigest);
      expect([id, match?.toString() ?? null]).toEqual([id, expected]);
    }
  });
});
