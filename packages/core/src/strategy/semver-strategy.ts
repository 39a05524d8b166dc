import type { Diagnostic } from "../errors/diagnostic.js";
import { compareTagNames } from "../tags/compare-tag-names.js";
import { compareVersions } from "../version/compare-versions.js";
import { parseVersionConstraint } from "../version/parse-version-constraint.js";
import { parseVersion } from "../version/parse-version.js";
import type { VersionConstraint } from "../version/version-constraint.js";
import type { Version } from "../version/version.js";
import { isOutOfScale, remarkOnHighVersion } from "./remark-on-high-version.js";
import type {
  StrategyContext,
  StrategyRejection,
  StrategyVerdict,
  TagCandidate,
  UpdateStrategy,
} from "./update-strategy.js";

/** A version of two parts and no operator but `=`, which people write to mean "this and newer". */
const BARE_MINOR = /^\s*(?:=\s*)?v?(?<minor>\d+\.\d+)\s*$/u;

/** A candidate that satisfies the constraint. */
interface Match {
  readonly tag: TagCandidate;
  readonly version: Version;
}

/**
 * Picks the highest semantic version that satisfies the constraint.
 *
 * Without a constraint every release does, and no prerelease. Among spellings of one version (`1.0`,
 * `v1.0.0`) the last in byte order wins, as in Argo CD Image Updater.
 */
export const semverStrategy: UpdateStrategy = {
  name: "semver",
  needs: "names",
  constraint: "optional",
  identity: "tag",
  inspect(context) {
    const { value, diagnostics } = parseVersionConstraint(effectiveConstraint(context));
    if (value === undefined) return diagnostics;
    if (value.exact !== undefined) return [neverMoves(value.exact)];
    const minor = BARE_MINOR.exec(value.text)?.groups?.["minor"];
    return minor === undefined ? diagnostics : [neverLeavesMinor(value.text, minor)];
  },
  choose(candidates, context) {
    const text = effectiveConstraint(context);
    const { value: constraint, diagnostics } = parseVersionConstraint(text);
    if (constraint === undefined) {
      const reason = diagnostics.map(({ message }) => message).join("; ");
      return { kind: "invalid", reason };
    }
    return chooseHighest(candidates, constraint);
  },
};

function effectiveConstraint({ constraint }: StrategyContext): string {
  return constraint === undefined || constraint === "" ? "*" : constraint;
}

function neverMoves(version: string): Diagnostic {
  const message =
    `"${version}" is one version, so the image never moves to a newer one; ` +
    `write "~${version}" or "^${version}" for a range`;
  return { severity: "warning", code: "exact-constraint-never-moves", where: {}, message };
}

function neverLeavesMinor(text: string, minor: string): Diagnostic {
  const message =
    `"${text}" matches only ${minor}.x, so the image gets patches of ${minor} and nothing newer; ` +
    `write "^${minor}" or ">=${minor}" to move on, or "${minor}.x" when patches are meant`;
  return { severity: "warning", code: "exact-constraint-never-moves", where: {}, message };
}

/** One pass that keeps what it needs of a million tags: the highest, and the highest that is not a date. */
function chooseHighest(
  candidates: readonly TagCandidate[],
  constraint: VersionConstraint,
): StrategyVerdict {
  let best: Match | undefined;
  let ordinary: Match | undefined;
  for (const tag of candidates) {
    const match = matchTag(tag, constraint);
    if (!("version" in match)) continue;
    best = higher(best, match);
    if (!isOutOfScale(match.version)) ordinary = higher(ordinary, match);
  }
  const rejections = (): readonly StrategyRejection[] =>
    candidates.flatMap((tag) => {
      const match = matchTag(tag, constraint);
      return "version" in match ? [] : [match];
    });
  if (best === undefined) {
    const reason = `no tag is a version that satisfies ${constraint.text}`;
    return {
      kind: "none",
      reason,
      get rejected() {
        return rejections();
      },
    };
  }
  return {
    kind: "chosen",
    tag: best.tag,
    remarks: remarkOnHighVersion(best.version, ordinary?.version),
    get rejected() {
      return rejections();
    },
  };
}

function higher(known: Match | undefined, match: Match): Match {
  return known === undefined || compareMatches(match, known) > 0 ? match : known;
}

function matchTag(tag: TagCandidate, constraint: VersionConstraint): Match | StrategyRejection {
  const version = parseVersion(tag.name);
  if (version === undefined) return { tag: tag.name, reason: { code: "not-a-version" } };
  if (constraint.matches(version)) return { tag, version };
  const wouldMatch = constraint.matches(version, { includePrerelease: true });
  const code = wouldMatch ? "prerelease-excluded" : "constraint-mismatch";
  return { tag: tag.name, reason: { code, constraint: constraint.text } };
}

function compareMatches(left: Match, right: Match): number {
  const order = compareVersions(left.version, right.version);
  return order === 0 ? compareTagNames(left.version.original, right.version.original) : order;
}
