import fc from "fast-check";

const number = fc.oneof(
  fc.nat(3).map(String),
  fc.nat(Number.MAX_SAFE_INTEGER).map(String),
  fc.constantFrom("10", "99"),
);

const identifier = fc.oneof(
  number,
  fc.constantFrom("alpha", "beta", "rc1", "rc10", "-2", "-", "A", "x-y", "0a"),
);

const identifiers = fc
  .array(identifier, { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join("."));

/** `1.2.3` */
export const releases: fc.Arbitrary<string> = fc
  .tuple(number, number, number)
  .map((parts) => parts.join("."));

/** Strict semantic versions, with prerelease and metadata here and there. */
export const strictVersions: fc.Arbitrary<string> = fc
  .tuple(
    releases,
    fc.option(identifiers, { nil: undefined }),
    fc.option(identifiers, { nil: undefined }),
  )
  .map(
    ([core, prerelease, metadata]) =>
      core +
      (prerelease === undefined ? "" : `-${prerelease}`) +
      (metadata === undefined ? "" : `+${metadata}`),
  );

/** Small versions that are often equal or near, as tags write them. */
export const nearbyTags: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom("", "v"),
    fc.array(fc.constantFrom("0", "1", "2", "01"), { minLength: 1, maxLength: 3 }),
    fc.constantFrom("", "-rc1", "-rc10", "-rc.2", "-1", "-18446744073709551616", "+build"),
  )
  .map(([prefix, parts, suffix]) => prefix + parts.join(".") + suffix);
