import { expect, it } from "vitest";
import { compareBuildTimes, parseBuildTime } from "../../src/manifest/build-time.js";

it.each([
  ["2024-05-01T10:00:00Z", 1714557600, 0],
  ["2024-05-01T12:00:00+02:00", 1714557600, 0],
  ["2024-05-01T10:00:00.5Z", 1714557600, 500_000_000],
  ["2024-05-01T10:00:00.123456789Z", 1714557600, 123_456_789],
  ["2024-05-01T10:00:00.1234567891Z", 1714557600, 123_456_789],
  ["1970-01-01T00:00:00Z", 0, 0],
  ["0001-01-01T00:00:00Z", -62_135_596_800, 0],
])("parseBuildTime reads %s", (at, seconds, nanoseconds) => {
  expect(parseBuildTime(at)).toEqual({ at, seconds, nanoseconds });
});

it.each([
  undefined,
  null,
  0,
  "",
  "yesterday",
  "2024-05-01",
  "2024-05-01T10:00:00",
  "2024-13-01T10:00:00Z",
  "2024-05-01 10:00:00 +0000 UTC",
])("parseBuildTime takes %j for no time", (created) => {
  expect(parseBuildTime(created)).toBeUndefined();
});

it.each([
  ["2024-05-01T10:00:00.000000001Z", "2024-05-01T10:00:00.000000002Z"],
  ["2024-05-01T10:00:00.9Z", "2024-05-01T10:00:01Z"],
  ["2024-05-01T11:00:00+02:00", "2024-05-01T10:00:00Z"],
  ["0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z"],
])("%s is earlier than %s", (one, other) => {
  const times = [parseBuildTime(one), parseBuildTime(other)];
  const [earlier, later] = times;
  if (earlier === undefined || later === undefined) throw new Error("no time");
  expect(compareBuildTimes(earlier, later)).toBeLessThan(0);
  expect(compareBuildTimes(later, earlier)).toBeGreaterThan(0);
  expect(compareBuildTimes(later, later)).toBe(0);
});
