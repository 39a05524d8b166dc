import { expect, it } from "vitest";
import { parseGoDuration } from "../../src/config/go-duration.js";

it.each([
  ["5h", 18_000],
  ["1h15m30.5s", 4530.5],
  ["1.5h", 5400],
  [".5m", 30],
  ["1.s", 1],
  ["300ms", 0.3],
  ["2us", 2e-6],
  ["2µs", 2e-6],
  ["1000000000ns", 1],
  ["-5m", -300],
  ["+5m", 300],
  ["0", 0],
  ["-0", 0],
])("the duration %s is %d seconds", (text, seconds) => {
  expect(parseGoDuration(text)).toBeCloseTo(seconds, 9);
});

it.each(["", "5", "-", "h", "5d", "1h 5m", "1H", ".h", "1e3s", "five", "5m!", "1,5h"])(
  "%j is not a duration",
  (text) => {
    expect(parseGoDuration(text)).toBeUndefined();
  },
);
