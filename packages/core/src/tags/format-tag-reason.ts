import type { TagReason } from "./tag-reason.js";

type ReasonByCode = { readonly [Reason in TagReason as Reason["code"]]: Reason };
type ReasonWith<Code extends keyof ReasonByCode> = {
  readonly [Each in Code]: ReasonByCode[Each] & { readonly code: Each };
}[Code];

const FRAGMENTS: {
  readonly [Code in keyof ReasonByCode]: (reason: ReasonByCode[Code]) => string;
} = {
  chosen: () => "is chosen",
  "not-newest": ({ chosen }) => `is not the newest, which is ${chosen}`,
  "not-allowed": ({ pattern }) => `does not match allow-tags ${pattern}`,
  "invalid-pattern": ({ pattern, problem }) =>
    `is not allowed, because no tag is: allow-tags ${pattern} cannot be used, ${problem}`,
  ignored: ({ pattern }) => `matches ignore-tags ${pattern}`,
  "not-the-constraint-tag": ({ constraint }) => `is not ${constraint}, the one tag to follow`,
  "not-a-version": () => "is not a semantic version",
  "constraint-mismatch": ({ constraint }) => `does not satisfy ${constraint}`,
  "prerelease-excluded": ({ constraint }) =>
    `is a prerelease, and ${constraint} does not ask for prereleases`,
  gone: () => "is gone from the registry",
  "not-an-image": ({ mediaType }) => `is not an image but ${mediaType}`,
  "no-platform": ({ wanted, available }) =>
    `has no image for ${wanted.join(" or ")}, only for ${available.join(", ") || "unknown platforms"}`,
  "no-date": () => "has no usable build date",
  unreadable: ({ error }) => `could not be read: ${error.message}`,
  "not-described": () => "was not looked up",
  undecided: () => "is not judged, because the facts are incomplete",
  strategy: ({ text }) => text,
  refused: ({ text }) => `may not be pulled: ${text}`,
  broken: ({ text }) => `is broken in the registry: ${text}`,
};

/** Says a {@link TagReason} as a fragment that follows the tag's name: `is not a semantic version`. */
export function formatTagReason(reason: TagReason): string {
  return formatReason(reason);
}

function formatReason<Code extends keyof ReasonByCode>(reason: ReasonWith<Code>): string {
  return FRAGMENTS[reason.code](reason);
}
