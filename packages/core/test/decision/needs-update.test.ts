import { describe, expect, it } from "vitest";
import { needsUpdate } from "../../src/decision/needs-update.js";
import { loadUpstreamVectors } from "../version/load-vectors.js";
import { policyOf, reference } from "./policies.js";

describe("needsUpdate by tag", () => {
  it.each([
    ["foo/bar:1.0", "1.0", false, "same-tag"],
    ["foo/bar:2.0", "1.0", true, "other-tag"],
    ["foo/bar", "1.0", true, "other-tag"],
    ["foo/bar:1.0@sha256:aa", "1.0", false, "same-tag"],
    ["foo/bar@sha256:aa", "1.0", true, "other-tag"],
  ])("of %s to %s is %s", (running, name, update, code) => {
    const found = needsUpdate(policyOf("foo/bar:1.x"), reference(running), { name });
    expect(found).toMatchObject({ update, reason: { code } });
  });

  it("compares digests where both sides have one", () => {
    const running = reference("foo/bar:1.0@sha256:aa");
    const policy = policyOf("foo/bar");
    expect(needsUpdate(policy, running, { name: "1.1", digest: "sha256:aa" }).update).toBe(false);
    expect(needsUpdate(policy, running, { name: "1.0", digest: "sha256:bb" }).update).toBe(true);
  });

  it.each([
    ["quay.io/foo/bar:1.0", true],
    ["ghcr.io/foo/bar:1.0", false],
    ["ghcr.io/foo/other:1.0", true],
  ])("with a Kustomize name, of %s that has the tag already, is %s", (running, update) => {
    const policy = policyOf("ghcr.io/foo/bar", {
      manifestTargets: { kustomize: { name: "quay.io/foo/bar" } },
    });
    expect(needsUpdate(policy, reference(running), { name: "1.0" }).update).toBe(update);
  });
});

describe("needsUpdate by digest", () => {
  it.each([
    ["foo/bar:latest", true],
    ["foo/bar:latest@sha256:bb", true],
    ["foo/bar:latest@sha256:aa", false],
    ["foo/bar:other@sha256:aa", false],
    ["foo/bar@sha256:aa", false],
  ])("of %s to sha256:aa is %s", (running, update) => {
    const policy = policyOf("foo/bar:latest", { strategy: "digest" });
    const latest = { name: "latest", digest: "sha256:aa" };
    expect(needsUpdate(policy, reference(running), latest).update).toBe(update);
  });
});

describe("needsUpdate", () => {
  it("agrees with upstream", () => {
    type Input = {
      configured: string;
      kustomizeName: string;
      latest: { name: string; digest: string };
      live: string;
      strategy: string;
    };
    for (const { id, input, expected } of loadUpstreamVectors<Input, boolean>("needs-update")) {
      const { configured, kustomizeName, latest, live, strategy } = input;
      const policy = policyOf(configured, {
        strategy,
        ...(kustomizeName === ""
          ? {}
          : { manifestTargets: { kustomize: { name: kustomizeName } } }),
      });
      const digest = latest.digest === "" ? undefined : latest.digest;
      const { update } = needsUpdate(policy, reference(live), { name: latest.name, digest });
      expect([id, update]).toEqual([id, expected]);
    }
  });
});
