import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide } from "../../src/decision/decide.js";
import type { Decision } from "../../src/decision/decision.js";
import { formatDecisionReason } from "../../src/decision/format-decision-reason.js";
import type { ImagePolicy } from "../../src/policy/image-policy.js";
import type { TagFact } from "../../src/ports/facts.js";
import type { UpdateStrategy } from "../../src/strategy/update-strategy.js";
import { formatTagReason } from "../../src/tags/format-tag-reason.js";
import { customStrategy, described, FORBIDDEN, NOW, policyOf, reference } from "./policies.js";
import { runsOf } from "../../../../test/setup/whole.js";

const names = fc.constantFrom(
  "1.0",
  "1.1",
  "v1.1",
  "2.0",
  "2.0-rc1",
  "latest",
  "20240101",
  "a",
  "B",
);
const details: fc.Arbitrary<TagFact["details"]> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom("2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z").map(built),
  },
  fc.constantFrom<TagFact["details"]>(
    undefined,
    { kind: "gone" },
    { kind: "refused", text: "answered 412" },
    { kind: "broken", text: "answered 404" },
    { kind: "not-an-image", mediaType: "application/x" },
    { kind: "no-platform", digest: "sha256:bb", available: ["linux/arm64"] },
    { kind: "unreadable", error: FORBIDDEN },
    { kind: "unreadable", error: { ...FORBIDDEN, code: "timeout" } },
    described({ created: undefined }),
  ),
);
const facts = fc.array(fc.record({ name: names, details }), { maxLength: 8 });
const policies: fc.Arbitrary<ImagePolicy> = fc
  .record({
    strategy: fc.constantFrom("semver", "newest-build", "alphabetical", "digest"),
    constraint: fc.constantFrom("", ":1.x", ":latest", ":2.0"),
    allowTags: fc.constantFrom(undefined, "regexp:^v?[0-9]", "regexp:("),
    forceUpdate: fc.boolean(),
  })
  .map(({ strategy, constraint, ...common }) =>
    policyOf(`nginx${constraint}`, { strategy, commonUpdateSettings: common }),
  );
const running = fc.constantFrom("nginx", "nginx:1.0", "nginx:latest@sha256:aa", "redis:7");

function built(at: string): TagFact["details"] {
  return described({ created: { at, source: "image-config" }, digest: `sha256:${at}` });
}

function decideOn(policy: ImagePolicy, tags: readonly TagFact[], text: string): Decision {
  return decide({
    policy,
    facts: { kind: "tags", tags },
    current: reference(text),
    now: NOW,
  });
}

describe("decide, whatever the policy and the facts", () => {
  it("does not depend on the order of the tags", () => {
    const shuffled = facts.chain((tags) =>
      fc.tuple(fc.constant(tags), fc.shuffledSubarray(tags, { minLength: tags.length })),
    );
    fc.assert(
      fc.property(policies, shuffled, running, (policy, [tags, others], text) => {
        expect(decideOn(policy, others, text)).toEqual(decideOn(policy, tags, text));
      }),
    );
  });

  it("does not depend on tags that are listed twice", () => {
    fc.assert(
      fc.property(policies, facts, running, (policy, tags, text) => {
        expect(decideOn(policy, [...tags, ...tags], text)).toEqual(decideOn(policy, tags, text));
      }),
    );
  });

  it("speaks of each tag of the list exactly once", () => {
    fc.assert(
      fc.property(policies, facts, running, (policy, tags, text) => {
        const spoken = decideOn(policy, tags, text).tags.map(({ tag }) => tag);
        expect(spoken.toSorted()).toEqual([...new Set(tags.map(({ name }) => name))].toSorted());
      }),
    );
  });

  it("marks the chosen tag, and no other, as chosen", () => {
    fc.assert(
      fc.property(policies, facts, running, (policy, tags, text) => {
        const decision = decideOn(policy, tags, text);
        const chosen = decision.tags.filter(({ reason }) => reason.code === "chosen");
        const expected = decision.tag === undefined ? [] : [decision.tag];
        expect(chosen.map(({ tag }) => tag)).toEqual(expected);
        const decided = decision.outcome === "update" || decision.outcome === "up-to-date";
        expect(decision.tag !== undefined).toBe(decided);
      }),
    );
  });

  it("never updates while a candidate could not be read", () => {
    fc.assert(
      fc.property(policies, facts, running, (policy, tags, text) => {
        const { outcome, tags: verdicts } = decideOn(policy, tags, text);
        if (!verdicts.some(({ reason }) => reason.code === "unreadable")) return;
        expect(["waiting", "not-live"]).toContain(outcome);
      }),
    );
  });

  it("never updates when a tag that may be chosen turns unreadable", () => {
    fc.assert(
      fc.property(policies, facts, running, (policy, tags, text) => {
        const { outcome, tag } = decideOn(policy, tags, text);
        if (outcome !== "update") return;
        const unread: TagFact = {
          name: tag ?? "",
          details: { kind: "unreadable", error: FORBIDDEN },
        };
        expect(decideOn(policy, [...tags, unread], text).outcome).toBe("waiting");
      }),
    );
  });

  it("is up to date once what it chose runs", () => {
    fc.assert(
      fc.property(policies, facts, running, (policy, tags, text) => {
        const { outcome, tag, digest } = decideOn(policy, tags, text);
        if (outcome !== "update") return;
        const written = `nginx:${tag}${digest === undefined ? "" : `@${digest}`}`;
        expect(decideOn(policy, tags, written).outcome).toBe("up-to-date");
      }),
    );
  });

  it("is JSON that comes back the same, and every reason has a sentence", () => {
    fc.assert(
      fc.property(policies, facts, running, (policy, tags, text) => {
        const decision = decideOn(policy, tags, text);
        expect(JSON.parse(JSON.stringify(decision))).toEqual(decision);
        expect(formatDecisionReason(decision.reason)).not.toBe("");
        for (const { reason } of decision.tags) expect(formatTagReason(reason)).not.toBe("");
      }),
    );
  });
});

describe("decide, whatever a strategy does", () => {
  const failing = fc.oneof(
    fc.anything({ withNullPrototype: true }).map((thrown) => () => {
      throw thrown;
    }),
    fc.anything({ withNullPrototype: true }).map((answer) => () => answer),
    fc
      .record(
        {
          kind: fc.constantFrom("chosen", "none", "invalid"),
          tag: fc.oneof(fc.anything(), fc.record({ name: fc.oneof(names, fc.anything()) })),
          reason: fc.anything(),
          rejected: fc.oneof(
            fc.anything(),
            fc.array(fc.record({ tag: fc.anything(), reason: fc.anything() })),
          ),
          remarks: fc.anything(),
        },
        { requiredKeys: ["kind"] },
      )
      .map((answer) => () => answer),
  );

  it("never throws, and ends in an outcome that can be told", () => {
    fc.assert(
      fc.property(failing, facts, (choose, tags) => {
        const custom = customStrategy({ choose: choose as UpdateStrategy["choose"] });
        const known = tags.filter((fact) => fact.details?.kind !== "unreadable");
        const decision = decideOn(policyOf("nginx", { custom }), known, "nginx:0");
        expect(formatDecisionReason(decision.reason)).toBeTypeOf("string");
        for (const { reason } of decision.tags)
          expect(formatTagReason(reason)).toBeTypeOf("string");
        const allowed = [undefined, ...tags.map(({ name }) => name)];
        expect(allowed).toContain(decision.tag);
      }),
      { numRuns: runsOf(500) },
    );
  });
});
