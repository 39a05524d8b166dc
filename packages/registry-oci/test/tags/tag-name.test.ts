import { expect, it } from "vitest";
import { isReferrerTag, isTagName } from "../../src/tags/tag-name.js";

const SHA256 = `sha256-${"a".repeat(64)}`;
const SHA512 = `sha512-${"0".repeat(128)}`;

it.each([
  [SHA256, true],
  [`${SHA256}.sig`, true],
  [`${SHA256}.att`, true],
  [`${SHA256}.sbom`, true],
  [SHA512, true],
  [`${SHA512}.sig`, true],
  [`sha512-${"0".repeat(64)}`, true],
  [`sha512-${"0".repeat(65)}`, false],
  [`${SHA256}.other`, false],
  [`v${SHA256}`, false],
  [`sha256-${"a".repeat(63)}`, false],
  [`sha256-${"A".repeat(64)}`, false],
  ["1.0.0.sig", false],
])("isReferrerTag judges %s", (tag, expected) => {
  expect(isReferrerTag(tag)).toBe(expected);
});

it.each([
  ["1.0.0", true],
  ["_", true],
  ["a".repeat(128), true],
  ["a".repeat(129), false],
  ["", false],
  [".1", false],
  ["-1", false],
  ["a/b", false],
  ["a b", false],
  ["1\n", false],
  [`sha256:${"a".repeat(64)}`, false],
])("isTagName judges %j", (tag, expected) => {
  expect(isTagName(tag)).toBe(expected);
});
