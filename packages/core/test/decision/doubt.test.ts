import { describe, expect, it } from "vitest";
import { decide } from "../../src/decision/decide.js";
import type { Decision } from "../../src/decision/decision.js";
import type { ImagePolicy } from "../../src/policy/image-policy.js";
import type { TagFact } from "../../src/ports/facts.js";
import type { DescribedImage } from "../../src/ports/registry-client.js";
import { described, factsOf, NOW, policyOf, reference } from "./policies.js";

const newest = policyOf("nginx", { strategy: "newest-build" });

function built(name: string, day: number): TagFact {
  return { name, details: described({ created: { at: dayOf(day), source: "image-config" } }) };
}

function dayOf(day: number): string {
  return `2024-01-${String(day).padStart(2, "0")}T00:00:00Z`;
}

function gone(name: string, more: Partial<TagFact> = {}): TagFact {
  return { name, details: { kind: "gone" }, ...more };
}

function unusable(name: string, kind: "refused" | "broken", mayPass?: boolean): TagFact {
  return {
    name,
    details: { kind, text: "answered" },
    ...(mayPass === undefined ? {} : { mayPass }),
  };
}

function decideOn(policy: ImagePolicy, running: string, ...tags: readonly TagFact[]): Decision {
  const current = running.split(" ").map((tag) => reference(`nginx:${tag}`));
  return decide({ policy, facts: factsOf(...tags), current, now: NOW });
}

describe("a tag that the list names and that is gone", () => {
  const was = { at: dayOf(9), source: "image-config" } satisfies DescribedImage["created"];

  it.each<[what: string, running: string, fact: TagFact, others: readonly TagFact[]]>([
    ["is what runs", "1.2", gone("1.2"), [built("1.1", 1)]],
    ["is what runs in another container", "1.0 run", gone("run"), [built("1.1", 1)]],
    ["is a newer version than the choice", "1.0", gone("1.2"), [built("1.1", 1)]],
    ["is a newer version, with a v", "1.0", gone("v1.2.0"), [built("1.1", 1)]],
    ["has greater numbers than the choice", "main-9", gone("main-11-a"), [built("main-10-a", 1)]],
    ["was built after the choice", "a", gone("b", { was }), [built("c", 8)]],
  ])("forbids an update when it %s", (_, running, fact, others) => {
    const decision = decideOn(newest, running, fact, ...others);
    expect(decision).toMatchObject({
      outcome: "waiting",
      reason: { code: "uncertain-tags", tags: [fact.name] },
    });
  });

  it.each<[what: string, running: string, fact: TagFact, others: readonly TagFact[]]>([
    ["is an older version", "1.1", gone("1.0"), [built("1.1", 1), built("1.2", 2)]],
    ["cannot be compared", "run", gone("old"), [built("run", 1), built("next", 2)]],
    ["was built before", "1.1", gone("9", { was }), [built("1.1", 1), built("1.2", 10)]],
    [
      "is not in the list any more",
      "1.1",
      gone("1.2", { listed: false }),
      [built("1.1", 1), built("1.0", 2)],
    ],
  ])("is passed over when it %s", (_, running, fact, others) => {
    expect(decideOn(newest, running, fact, ...others).outcome).toBe("update");
  });

  it("is passed over where the settings exclude it, and where nothing would change", () => {
    const ignoring = policyOf("nginx", {
      strategy: "newest-build",
      commonUpdateSettings: { ignoreTags: ["1.2"] },
    });
    expect(decideOn(ignoring, "1.0", gone("1.2"), built("1.1", 1)).outcome).toBe("update");
    expect(decideOn(newest, "1.1", gone("1.2"), built("1.1", 1)).outcome).toBe("up-to-date");
  });

  it("is asked about in the strategy's own order where names are enough", () => {
    const byName = policyOf("nginx", { strategy: "alphabetical" });
    expect(decideOn(byName, "a", gone("c"), { name: "b" }).outcome).toBe("waiting");
    expect(decideOn(byName, "a", gone("0"), { name: "b" }).outcome).toBe("update");
    const ranged = policyOf("nginx:1.x");
    expect(decideOn(ranged, "1.0", gone("2.0"), { name: "1.1" }).outcome).toBe("update");
  });

  it("is waited for where it is the one to follow", () => {
    const followed = policyOf("nginx:latest", { strategy: "digest" });
    expect(decideOn(followed, "latest", gone("latest")).outcome).toBe("waiting");
    expect(decideOn(followed, "latest", gone("latest", { listed: false })).outcome).toBe(
      "no-candidate",
    );
  });

  it("is waited for where nothing else is left to choose", () => {
    expect(decideOn(newest, "1.0", gone("1.0")).outcome).toBe("waiting");
    expect(decideOn(newest, "0.9", gone("1.0")).outcome).toBe("no-candidate");
  });
});

describe("a tag that nobody can use", () => {
  it.each(["refused", "broken"] as const)("is rejected when it is %s, with its reason", (kind) => {
    const decision = decideOn(
      newest,
      "run",
      unusable("old", kind),
      built("run", 1),
      built("next", 2),
    );
    expect(decision).toMatchObject({ outcome: "update", tag: "next" });
    expect(decision.tags).toContainEqual({ tag: "old", reason: { code: kind, text: "answered" } });
  });

  it("does not stop an update because it is newer: it cannot be pulled", () => {
    const decision = decideOn(
      newest,
      "1.0",
      unusable("1.2", "refused"),
      built("1.0", 1),
      built("1.1", 2),
    );
    expect(decision).toMatchObject({ outcome: "update", tag: "1.1" });
  });

  it("makes way, where it runs, for what is newer by name and for nothing else", () => {
    const broken = unusable("1.1", "broken");
    expect(decideOn(newest, "1.1", broken, built("1.2", 1))).toMatchObject({ tag: "1.2" });
    expect(decideOn(newest, "1.1", broken, built("1.0", 1))).toMatchObject({
      outcome: "waiting",
      reason: { code: "uncertain-tags", tags: ["1.1"], text: "answered" },
    });
  });

  it("is waited for where its refusal may pass and it would be newer", () => {
    const refused = unusable("1.2", "refused", true);
    expect(decideOn(newest, "1.0", refused, built("1.1", 1)).outcome).toBe("waiting");
    expect(decideOn(newest, "1.0", refused, built("1.3", 1)).outcome).toBe("update");
  });
});

describe("what runs and is not listed", () => {
  it.each(["semver", "alphabetical", "newest-build"])("is said loudly with %s", (strategy) => {
    const policy = policyOf("nginx", { strategy, alias: "web" });
    const decision = decideOn(policy, "1.2.0", built("1.0.0", 1), built("1.1.0", 2));
    expect(decision.outcome).toBe("update");
    expect(decision.diagnostics).toMatchObject([
      { severity: "warning", code: "running-tag-not-listed", where: { image: "web" } },
    ]);
    expect(decision.diagnostics[0]?.message).toContain('"1.2.0" is running');
  });

  it("is said where nothing can be chosen, too", () => {
    expect(decideOn(newest, "1.2.0").diagnostics).toHaveLength(1);
  });

  it("is not said of what is listed, whatever became of it, nor where no list is read", () => {
    expect(decideOn(newest, "1.0", built("1.0", 1)).diagnostics).toEqual([]);
    expect(decideOn(newest, "1.0", gone("1.0"), built("1.1", 1)).diagnostics).toEqual([]);
    const followed = policyOf("nginx:latest", { strategy: "digest" });
    expect(decideOn(followed, "1.0", built("latest", 1)).diagnostics).toEqual([]);
  });
});
