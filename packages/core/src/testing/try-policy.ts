import { decide } from "../decision/decide.js";
import type { Decision } from "../decision/decision.js";
import { parseImageReference } from "../image/parse-image-reference.js";
import type { CommonUpdateSettings } from "../policy/image-settings.js";
import { parseImagePolicy } from "../policy/parse-image-policy.js";
import type { TagCandidate, UpdateStrategy } from "../strategy/update-strategy.js";
import { describeFixture } from "./in-memory-registry.js";
import type { ImageFixture } from "./registry-fixture.js";

/** A policy and what it meets. */
export interface PolicyTrial extends CommonUpdateSettings {
  /** As in `image-list`, without alias: `nginx:1.x`. */
  readonly image: string;
  /** Tags of the repository; a plain name is an image for linux/amd64 built on 2024-01-01. */
  readonly tags: readonly (string | ImageFixture)[];
  /** The reference that runs now; undefined means not live. */
  readonly running?: string | undefined;
  readonly strategies?: readonly UpdateStrategy[] | undefined;
  /** Default 2024-06-01T00:00:00Z. */
  readonly now?: Date | undefined;
}

/**
 * Decides about made-up tags, to unit-test a policy.
 *
 * ```ts
 * const decision = tryPolicy({ image: "nginx:1.x", tags: ["1.9", "1.10", "2.0"], running: "nginx:1.9" });
 * // decision.outcome is "update", decision.tag is "1.10"
 * ```
 *
 * @throws Error when the image does not parse or no strategy has the name, with what is wrong.
 */
export function tryPolicy(trial: PolicyTrial): Decision {
  const { image, tags, running, strategies, now, ...common } = trial;
  const { value: policy, diagnostics } = parseImagePolicy(
    { alias: "", imageName: image, commonUpdateSettings: common },
    { strategies, strict: true },
  );
  if (policy === undefined) throw new Error(diagnostics.map(({ message }) => message).join("; "));
  const platforms = policy.platforms.length === 0 ? ["linux/amd64"] : policy.platforms;
  const facts = tags
    .map((tag): ImageFixture => (typeof tag === "string" ? { tag } : tag))
    .map((fixture) => ({ name: fixture.tag, details: describeFixture(fixture, platforms) }));
  return decide({
    policy,
    facts: { kind: "tags", tags: facts },
    current: parseImageReference(running ?? "").value,
    now: now ?? new Date("2024-06-01T00:00:00Z"),
  });
}

/** Candidates by name alone, to call a strategy directly. */
export function candidates(...names: readonly string[]): readonly TagCandidate[] {
  return names.map((name) => ({ name }));
}
