import { describe, expect, it } from "vitest";
import { createTextLogger, formatLogLine } from "../../src/update/text-logger.js";

const time = new Date("2024-05-06T07:08:09.987Z");

describe("a line of the log", () => {
  // As logrus writes values: bare where it can be, else quoted as Go does.
  it.each([
    ["plain", "plain"],
    ["ghcr.io/team/app", "ghcr.io/team/app"],
    ["a-b_c.d/e@f^g+h", "a-b_c.d/e@f^g+h"],
    ["", ""],
    ["two words", '"two words"'],
    ["app:1.0", '"app:1.0"'],
    ["k=v", '"k=v"'],
    ['say "hi"', '"say \\"hi\\""'],
    ["back\\slash", '"back\\\\slash"'],
    ["a\nb\tc\r", '"a\\nb\\tc\\r"'],
    ["bell\u0007 del\u007f nul\u0000", '"bell\\a del\\x7f nul\\x00"'],
    ["Grüße", '"Grüße"'],
    ["line\u2028sep", '"line\\u2028sep"'],
  ])("writes the value %j as %s", (value, written) => {
    expect(formatLogLine(time, "info", { key: value }, "x")).toBe(
      `time="2024-05-06T07:08:09Z" level=info msg=x key=${written}`,
    );
    expect(formatLogLine(time, "error", {}, value)).toBe(
      `time="2024-05-06T07:08:09Z" level=error msg=${written}`,
    );
  });

  it("has the fields by name, and leaves out what is undefined", () => {
    const fields = { b: 2, c: undefined, a: true, B: "x" };
    expect(formatLogLine(time, "warning", fields, "x")).toBe(
      'time="2024-05-06T07:08:09Z" level=warning msg=x B=x a=true b=2',
    );
  });
});

describe("a text logger", () => {
  it.each([
    ["debug", ["debug", "info", "warning", "error"]],
    ["info", ["info", "warning", "error"]],
    [undefined, ["info", "warning", "error"]],
    ["warning", ["warning", "error"]],
    ["error", ["error"]],
  ] as const)("at level %s writes %j", (level, written) => {
    const lines: string[] = [];
    const logger = createTextLogger({
      write: (line) => lines.push(line),
      clock: { now: () => time },
      level,
    });
    logger.debug({}, "x");
    logger.info({}, "x");
    logger.warn({}, "x");
    logger.error({}, "x");
    expect(lines.map((line) => /level=(\w+)/.exec(line)?.[1])).toEqual(written);
  });
});

it.each([
  ["debug", true],
  ["info", false],
  ["error", false],
] as const)("a logger at %s says whether debug lines go anywhere: %s", (level, enabled) => {
  const clock = { now: () => new Date(0) };
  const logger = createTextLogger({ write: () => undefined, clock, level });
  expect(logger.isLevelEnabled?.("debug")).toBe(enabled);
});
