import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareImageTimes } from "../../src/strategy/compare-image-times.js";
import { parseImageTime } from "../../src/strategy/parse-image-time.js";

describe("parseImageTime", () => {
  it.each([
    ["1970-01-01T00:00:00Z", 0n],
    ["1970-01-01T00:00:00.000000001Z", 1n],
    ["1970-01-01T00:00:00.5Z", 500_000_000n],
    ["1970-01-01T00:00:00,5Z", 500_000_000n],
    ["1970-01-01T00:00:00.0000000019Z", 1n],
    ["1970-01-01T02:00:00+02:00", 0n],
    ["1969-12-31T18:30:00-05:30", 0n],
    ["1969-12-31T23:59:59.25Z", -750_000_000n],
    ["2024-02-29T23:59:59.999999999Z", 1_709_251_199_999_999_999n],
    ["0001-01-01T00:00:00Z", -62_135_596_800_000_000_000n],
    ["0000-01-01T00:00:00Z", -62_167_219_200_000_000_000n],
  ])("reads %s as %i", (text, nanoseconds) => {
    expect(parseImageTime(text)).toBe(nanoseconds);
  });

  it.each([
    "",
    "2024-01-01",
    "2024-01-01T00:00:00",
    "2024-01-01 00:00:00Z",
    "2024-01-01t00:00:00z",
    "2024-02-30T00:00:00Z",
    "2023-02-29T00:00:00Z",
    "2024-13-01T00:00:00Z",
    "2024-01-01T24:00:00Z",
    "2024-01-01T00:00:60Z",
    "2024-01-01T00:00:00.Z",
    "2024-01-01T00:00:00+0200",
    "2024-01-01T00:00:00+25:00",
    "2024-01-01T00:00:00+02:60",
    "12024-01-01T00:00:00Z",
    " 2024-01-01T00:00:00Z",
  ])("refuses %j", (text) => {
    expect(parseImageTime(text)).toBeUndefined();
  });

  it("agrees with the platform to the millisecond", () => {
    const years = { min: new Date("0001-01-01T00:00:00Z"), max: new Date("9999-12-31T00:00:00Z") };
    fc.assert(
      fc.property(fc.date({ ...years, noInvalidDate: true }), (date) => {
        expect(parseImageTime(date.toISOString())).toBe(BigInt(date.getTime()) * 1_000_000n);
      }),
    );
  });
});

describe("compareImageTimes", () => {
  it.each([
    ["2024-01-01T00:00:00Z", "2024-01-01T00:00:01Z", -1],
    ["2024-01-01T00:00:00.1Z", "2024-01-01T00:00:00.09Z", 1],
    ["2024-01-01T00:00:00Z", "2024-01-01T01:00:00+01:00", 0],
    ["0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", -1],
    ["never", "0000-01-01T00:00:00Z", -1],
    ["never", "", 0],
  ])("orders %s against %s: %i", (left, right, order) => {
    expect(compareImageTimes(left, right)).toBe(order);
    expect(compareImageTimes(right, left) + order).toBe(0);
  });
});
