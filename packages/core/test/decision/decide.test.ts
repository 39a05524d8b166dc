import { describe, expect, it } from "vitest";
import { decide, type DecisionInput } from "../../src/decision/decide.js";
import { amendDecision, type Decision } from "../../src/decision/decision.js";
import type { ImagePolicy } from "../../src/policy/image-policy.js";
import type { Facts, TagFact } from "../../src/ports/facts.js";
import type { UpdateStrategy } from "../../src/strategy/update-strategy.js";
import {
  customStrategy,
  described,
  factsOf,
  FORBIDDEN,
  NOW,
  policyOf,
  reference,
} from "./policies.js";

function decideOn(policy: ImagePolicy, facts: Facts, ...running: readonly string[]): Decision {
  return decide({ policy, facts, current: running.map(reference), now: NOW });
}

function codes(decision: Decision): readonly string[] {
  return decision.tags.map(({ tag, reason }) => `${tag} ${reason.code}`);
}

const unreadable: TagFact["details"] = { kind: "unreadable", error: FORBIDDEN };

describe("decide", () => {
  it("updates to the newest tag, and says of every tag what it thinks", () => {
    const policy = policyOf("nginx:1.x", {
      commonUpdateSettings: { allowTags: "regexp:^[0-9v]", ignoreTags: ["*-alpine"] },
    });
    const tags = ["1.9", "1.10", "2.0", "1.11-rc1", "1.10-alpine", "latest", "v9000x"];
    const decision = decideOn(policy, factsOf(...tags), "nginx:1.9");
    expect(decision).toMatchObject({
      outcome: "update",
      tag: "1.10",
      running: "nginx:1.9",
      reason: { code: "other-tag", from: "1.9", to: "1.10" },
    });
    expect(codes(decision)).toEqual([
      "1.10 chosen",
      "1.10-alpine ignored",
      "1.11-rc1 prerelease-excluded",
      "1.9 not-newest",
      "2.0 constraint-mismatch",
      "latest not-allowed",
      "v9000x not-a-version",
    ]);
    expect(decision).not.toHaveProperty("digest");
  });

  it.each<[string, DecisionInput["current"], string]>([
    ["one reference", reference("nginx:1.0"), "up-to-date"],
    ["all of an application", [reference("redis:7"), reference("nginx:1.0")], "up-to-date"],
    ["none", [], "not-live"],
    ["undefined", undefined, "not-live"],
    ["others only", [reference("redis:7")], "not-live"],
  ])("takes %s as what runs", (_what, current, outcome) => {
    const decision = decide({
      policy: policyOf("nginx"),
      facts: factsOf("1.0"),
      current,
      now: NOW,
    });
    expect(decision.outcome).toBe(outcome);
  });

  it("goes back to an older tag when a newer one runs that is not a candidate", () => {
    expect(decideOn(policyOf("nginx:1.x"), factsOf("1.0", "2.0"), "nginx:2.0")).toMatchObject({
      outcome: "update",
      tag: "1.0",
    });
  });

  it("has no candidate where the filters leave none, and where nothing matches", () => {
    const filtered = policyOf("nginx", { commonUpdateSettings: { ignoreTags: ["*"] } });
    expect(decideOn(filtered, factsOf("1.0", "2.0"), "nginx:1.0")).toMatchObject({
      outcome: "no-candidate",
      reason: { code: "no-candidates", tags: 2 },
    });
    expect(decideOn(policyOf("nginx"), factsOf(), "nginx:1.0")).toMatchObject({
      outcome: "no-candidate",
      reason: { code: "no-candidates", tags: 0 },
    });
    const none = decideOn(policyOf("nginx:3.x"), factsOf("1.0", "x"), "nginx:1.0");
    expect(none).toMatchObject({ outcome: "no-candidate", reason: { code: "none-matches" } });
    expect(codes(none)).toEqual(["1.0 constraint-mismatch", "x not-a-version"]);
    expect(none).not.toHaveProperty("tag");
  });

  it("is an error where the constraint cannot be used", () => {
    const decision = decideOn(policyOf("nginx:latest"), factsOf("1.0"), "nginx:1.0");
    expect(decision).toMatchObject({ outcome: "error", reason: { code: "invalid-settings" } });
    expect(codes(decision)).toEqual(["1.0 undecided"]);
    const digest = policyOf("nginx", { strategy: "digest" });
    expect(decideOn(digest, factsOf("latest"), "nginx:latest").outcome).toBe("error");
  });

  it("is an error where the facts failed, and not-live before that", () => {
    const facts: Facts = { kind: "failed", error: FORBIDDEN };
    expect(decideOn(policyOf("nginx"), facts, "nginx:1.0")).toEqual({
      outcome: "error",
      reason: { code: "facts-failed", error: FORBIDDEN },
      running: "nginx:1.0",
      tags: [],
      diagnostics: [],
    });
    expect(decideOn(policyOf("nginx"), facts, "redis:7").outcome).toBe("not-live");
  });

  it("takes a forced image that is not live as running without a tag", () => {
    const policy = policyOf("nginx:1.x", { commonUpdateSettings: { forceUpdate: true } });
    expect(decideOn(policy, factsOf("1.0"))).toMatchObject({
      outcome: "update",
      running: "nginx",
      reason: { code: "other-tag", from: "", to: "1.0" },
    });
  });

  it("finds the container by the Kustomize name first", () => {
    const policy = policyOf("ghcr.io/org/app:1.x", {
      manifestTargets: { kustomize: { name: "quay.io/org/app" } },
    });
    const decision = decideOn(policy, factsOf("1.0"), "ghcr.io/org/app:1.0", "quay.io/org/app:1.0");
    expect(decision).toMatchObject({
      outcome: "update",
      running: "quay.io/org/app:1.0",
      reason: { code: "other-name", from: "quay.io/org/app", to: "ghcr.io/org/app" },
    });
  });

  it("places a strategy's remark at the image", () => {
    const policy = policyOf("nginx", { alias: "web" });
    const { diagnostics } = decideOn(policy, factsOf("20240101", "1.2.3"), "nginx:1.2.3");
    expect(diagnostics).toMatchObject([{ code: "date-like-version", where: { image: "web" } }]);
  });
});

describe("decide on what was read of a tag", () => {
  const policy = policyOf("ghcr.io/org/app", {
    strategy: "newest-build",
    commonUpdateSettings: { platforms: ["linux/amd64"], ignoreTags: ["ignored"] },
  });
  const old = { name: "old", details: described() };

  it.each<[string, TagFact["details"], string]>([
    ["is gone", { kind: "gone" }, "gone"],
    ["is not an image", { kind: "not-an-image", mediaType: "application/x" }, "not-an-image"],
    [
      "has no wanted platform",
      { kind: "no-platform", digest: "sha256:bb", available: ["linux/arm64"] },
      "no-platform",
    ],
    ["has no date", described({ created: undefined }), "no-date"],
    ["has a date that is none", described({ created: { at: "soon", source: "x" } }), "no-date"],
  ])("rejects one that %s, and takes another", (_what, details, code) => {
    const facts = factsOf({ name: "new", details }, old);
    const decision = decideOn(policy, facts, "ghcr.io/org/app:x");
    expect(decision).toMatchObject({ outcome: "update", tag: "old" });
    expect(codes(decision)).toEqual([`new ${code}`, "old chosen"]);
  });

  it("waits for one that could not be read, and names it", () => {
    const facts = factsOf({ name: "new", details: unreadable }, old, {
      name: "more",
      details: unreadable,
    });
    const decision = decideOn(policy, facts, "ghcr.io/org/app:x");
    expect(decision).toMatchObject({
      outcome: "waiting",
      reason: { code: "unreadable-tags", tags: ["more", "new"], error: FORBIDDEN },
    });
    expect(codes(decision)).toEqual(["more unreadable", "new unreadable", "old undecided"]);
  });

  it("waits for one that nobody described", () => {
    const decision = decideOn(policy, factsOf("new", old), "ghcr.io/org/app:x");
    expect(decision).toMatchObject({
      outcome: "waiting",
      reason: { code: "incomplete-facts", tags: ["new"] },
    });
    expect(codes(decision)).toEqual(["new not-described", "old undecided"]);
  });

  it("does not wait for one that is not a candidate by its name", () => {
    const facts = factsOf({ name: "ignored", details: unreadable }, old);
    expect(decideOn(policy, facts, "ghcr.io/org/app:x")).toMatchObject({ outcome: "update" });
  });

  it("waits for one that is listed twice with facts that contradict each other", () => {
    const other = { name: "old", details: described({ digest: "sha256:bb" }) };
    expect(decideOn(policy, factsOf(old, other), "ghcr.io/org/app:x")).toMatchObject({
      outcome: "waiting",
      reason: { code: "unreadable-tags", tags: ["old"] },
    });
    expect(decideOn(policy, factsOf(old, "old", old), "ghcr.io/org/app:x")).toMatchObject({
      outcome: "update",
      tags: [{ tag: "old" }],
    });
  });

  it("keeps the labels of the chosen image", () => {
    const facts = factsOf({ name: "a", details: described({ labels: { revision: "abc" } }) });
    expect(decideOn(policy, facts, "ghcr.io/org/app:x").labels).toEqual({ revision: "abc" });
  });

  it("looks at names only for a strategy that needs no more, but never at a tag known to be gone", () => {
    const semver = policyOf("nginx");
    const noPlatform = { kind: "no-platform", digest: "sha256:bb", available: [] } as const;
    const facts = (details: TagFact["details"]): Facts => factsOf("1.0", { name: "2.0", details });
    expect(decideOn(semver, facts(noPlatform), "nginx:1.0").tag).toBe("2.0");
    expect(decideOn(semver, facts({ kind: "gone" }), "nginx:1.0").outcome).toBe("up-to-date");
    expect(decideOn(semver, facts(unreadable), "nginx:1.0").outcome).toBe("waiting");
  });
});

describe("decide with the digest strategy", () => {
  const policy = policyOf("ghcr.io/org/app:latest", { strategy: "digest" });
  const facts = factsOf(
    { name: "latest", details: described({ digest: "sha256:new" }) },
    { name: "other", details: unreadable },
  );

  it.each([
    ["ghcr.io/org/app:latest", "update"],
    ["ghcr.io/org/app:latest@sha256:old", "update"],
    ["ghcr.io/org/app:latest@sha256:new", "up-to-date"],
    ["ghcr.io/org/app@sha256:new", "up-to-date"],
    ["ghcr.io/org/app@sha256:old", "update"],
  ])("over %s decides %s", (running, outcome) => {
    const decision = decideOn(policy, facts, running);
    expect(decision).toMatchObject({ outcome, tag: "latest", digest: "sha256:new" });
    expect(codes(decision)).toEqual(["latest chosen", "other not-the-constraint-tag"]);
  });

  it("means the container with the followed tag among several", () => {
    const running = ["ghcr.io/org/app:other@sha256:x", "ghcr.io/org/app:latest@sha256:new"];
    expect(decideOn(policy, facts, ...running)).toMatchObject({
      outcome: "up-to-date",
      running: "ghcr.io/org/app:latest@sha256:new",
    });
  });

  it("means a container of the image when none of them is stale", () => {
    expect(decideOn(policy, facts, "redis:7", "ghcr.io/org/app:other@sha256:new")).toMatchObject({
      outcome: "up-to-date",
      running: "ghcr.io/org/app:other@sha256:new",
    });
  });

  it("never updates to a digest that is not known", () => {
    const byName = policyOf("nginx", { custom: customStrategy({ identity: "digest" }) });
    expect(decideOn(byName, factsOf("1.0"), "nginx:1.0").outcome).toBe("waiting");
    const empty = factsOf({ name: "1.0", details: described({ digest: "" }) });
    expect(decideOn(byName, empty, "nginx:1.0").outcome).toBe("waiting");
  });
});

describe("decide with a strategy of a consumer", () => {
  function withChoose(choose: (...args: never[]) => unknown): ImagePolicy {
    return policyOf("nginx", {
      custom: customStrategy({ choose: choose as UpdateStrategy["choose"] }),
    });
  }

  it("uses its choice and its reasons", () => {
    const custom = customStrategy({
      choose: (tags) => ({
        kind: "chosen",
        tag: { name: "b" },
        rejected: [
          { tag: "a", reason: { code: "strategy", text: "is too old" } },
          { tag: "b", reason: { code: "gone" } },
          { tag: "no such tag", reason: { code: "gone" } },
        ],
        remarks: [
          { severity: "info", code: "date-like-version", where: {}, message: `of ${tags.length}` },
        ],
      }),
    });
    const decision = decideOn(policyOf("nginx", { custom }), factsOf("a", "b", "c"), "nginx:a");
    expect(decision).toMatchObject({ outcome: "update", tag: "b" });
    expect(codes(decision)).toEqual(["a strategy", "b chosen", "c not-newest"]);
    expect(decision.diagnostics).toMatchObject([{ message: "of 3", where: { image: "nginx" } }]);
  });

  it.each<[string, (...args: never[]) => unknown, string]>([
    [
      "throws",
      () => {
        throw new TypeError("x is undefined");
      },
      "TypeError: x is undefined",
    ],
    [
      "throws no error",
      () => {
        throw Object.create(null);
      },
      "cannot be described",
    ],
    ["gives nothing", () => undefined, "TypeError"],
    ["gives a promise", () => Promise.resolve({ kind: "none", reason: "" }), "gave no verdict"],
    ["gives a verdict of no kind", () => ({ kind: "maybe" }), "gave no verdict"],
    ["chooses without a tag", () => ({ kind: "chosen" }), "TypeError"],
    ["chooses what is not a candidate", () => ({ kind: "chosen", tag: { name: "z" } }), '"z"'],
    ["gives no reason", () => ({ kind: "none" }), "gave no reason"],
    [
      "gives reasons that are none",
      () => ({ kind: "chosen", tag: { name: "a" }, rejected: [{ tag: "b", reason: "old" }] }),
      "TypeError",
    ],
    [
      "gives remarks that are none",
      () => ({ kind: "chosen", tag: { name: "a" }, remarks: ["old"] }),
      "not a diagnostic",
    ],
    [
      "hides its verdict behind a getter that throws",
      () => ({
        get kind() {
          throw new Error("secret of https://bob:s3cret@a.test");
        },
      }),
      "https://a.test",
    ],
  ])("that %s is this image's error", (_what, choose, text) => {
    const decision = decideOn(withChoose(choose), factsOf("a", "b"), "nginx:a");
    expect(decision).toMatchObject({
      outcome: "error",
      reason: { code: "internal", error: { code: "internal" } },
    });
    expect(JSON.stringify(decision.reason)).toContain(JSON.stringify(text).slice(1, -1));
    expect(codes(decision)).toEqual(["a undecided", "b undecided"]);
  });

  it("cannot change what the others see", () => {
    const policy = withChoose((tags: unknown[]) => {
      tags.length = 0;
      return { kind: "chosen", tag: { name: "a" } };
    });
    expect(decideOn(policy, factsOf("a"), "nginx:b")).toMatchObject({
      outcome: "update",
      tag: "a",
    });
  });
});

describe("the verdicts of a decision", () => {
  const names = Array.from({ length: 50 }, (_, index) => `1.${index}`);

  it("are made when they are first read, and once", () => {
    let asked = 0;
    const base = policyOf("nginx:1.x");
    const policy: ImagePolicy = {
      ...base,
      tags: {
        test: base.tags.test,
        explain(tag) {
          asked += 1;
          return base.tags.explain(tag);
        },
      },
    };
    const decision = decideOn(policy, factsOf(...names), "nginx:1.0");
    expect([decision.outcome, decision.tag, asked]).toEqual(["update", "1.49", 50]);
    expect(decision.tags).toHaveLength(50);
    expect(decision.tags).toBe(decision.tags);
    expect(asked).toBe(100);
  });

  it("stand in JSON, and in a copy", () => {
    const decision = decideOn(policyOf("nginx:1.x"), factsOf("1.0", "1.1", "2.0"), "nginx:1.0");
    const stored: unknown = JSON.parse(JSON.stringify(decision));
    expect(stored).toEqual({ ...decision });
    expect(structuredClone({ ...decision })).toEqual(stored);
    expect(stored).toMatchObject({
      tags: [
        { tag: "1.0", reason: { code: "not-newest", chosen: "1.1" } },
        { tag: "1.1", reason: { code: "chosen" } },
        { tag: "2.0", reason: { code: "constraint-mismatch", constraint: "1.x" } },
      ],
    });
  });

  it("stay unmade when other members change", () => {
    let made = 0;
    const strategy = customStrategy({
      choose: (candidates) => ({
        kind: "chosen",
        tag: candidates[0] ?? { name: "" },
        get rejected() {
          made += 1;
          return [{ tag: "1.1", reason: { code: "strategy", text: "of its own" } } as const];
        },
      }),
    });
    const policy: ImagePolicy = { ...policyOf("nginx"), strategy };
    const decision = decideOn(policy, factsOf("1.0", "1.1"), "nginx:1.0");
    const amended = amendDecision(decision, { outcome: "error" });
    expect([amended.outcome, amended.tag, made]).toEqual(["error", "1.0", 0]);
    expect(codes(amended)).toEqual(["1.0 chosen", "1.1 strategy"]);
    expect(made).toBe(1);
  });

  it("fall back to general words where a strategy fails to say more", () => {
    const strategy = customStrategy({
      choose: (candidates) => ({
        kind: "chosen",
        tag: candidates[0] ?? { name: "" },
        get rejected(): never {
          throw new TypeError("bug");
        },
      }),
    });
    const policy: ImagePolicy = { ...policyOf("nginx"), strategy };
    const decision = decideOn(policy, factsOf("1.0", "1.1"), "nginx:1.0");
    expect(codes(decision)).toEqual(["1.0 chosen", "1.1 not-newest"]);
  });
});
