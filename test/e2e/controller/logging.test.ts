import { createTestClock } from "@image-updater/core/testing";
import { describe, expect, it } from "vitest";
import {
  createLogger,
  withFields,
  type LogFormat,
  type LogThreshold,
} from "../../../examples/controller/src/logging.js";

function log(format: LogFormat, level: LogThreshold) {
  const lines: string[] = [];
  const clock = createTestClock();
  return {
    lines,
    logger: createLogger({ format, level, clock, write: (line) => lines.push(line) }),
  };
}

describe("log lines", () => {
  it("are text in upstream's fields", () => {
    const { lines, logger } = log("text", "info");
    logger.info({ application: "web", image_tag: undefined }, "Processing results: errors=0");
    expect(lines).toEqual([
      'time="2024-01-01T00:00:00Z" level=info msg="Processing results: errors=0" application=web',
    ]);
  });

  it("are JSON in the same fields", () => {
    const { lines, logger } = log("json", "info");
    logger.warn({ application: "web", image_name: "acme/web" }, "a word");
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
      {
        level: "warning",
        time: "2024-01-01T00:00:00.000Z",
        application: "web",
        image_name: "acme/web",
        msg: "a word",
      },
    ]);
  });

  it.each<[LogThreshold, number]>([
    ["trace", 4],
    ["debug", 4],
    ["info", 3],
    ["warn", 2],
    ["warning", 2],
    ["error", 1],
  ])("from level %s on are %d of four", (level, count) => {
    for (const format of ["text", "json"] as const) {
      const { lines, logger } = log(format, level);
      for (const at of ["debug", "info", "warn", "error"] as const) logger[at]({}, at);
      expect(lines).toHaveLength(count);
    }
  });

  it("may get more fields, which do not replace their own", () => {
    const { lines, logger } = log("text", "info");
    const named = withFields(logger, ({ application }) => ({
      application: "other",
      owner: `of-${application}`,
    }));
    named.info({ application: "web" }, "word");
    expect(lines[0]).toContain("application=web owner=of-web");
  });
});
