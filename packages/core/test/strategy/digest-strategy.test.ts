import { describe, expect, it } from "vitest";
import { digestStrategy } from "../../src/strategy/digest-strategy.js";
import { chosenBy, named, rejectionsOf } from "./candidates.js";

describe("digestStrategy", () => {
  it.each([
    ["latest", ["1.0", "latest", "latest-alpine"], "latest"],
    ["latest", ["1.0"], "(none)"],
    ["latest", [], "(none)"],
    ["Latest", ["latest"], "(none)"],
    [undefined, ["latest"], "(invalid)"],
    ["", ["", "latest"], "(invalid)"],
  ])("with %s takes of %j %s", (constraint, tags, expected) => {
    expect(chosenBy(digestStrategy, named(...tags), constraint)).toBe(expected);
  });

  it.each([
    ["latest", []],
    ["dev-*", ["error invalid-constraint"]],
    [">=1", ["error invalid-constraint"]],
    ["1.x || 2.x", ["error invalid-constraint"]],
    ["-dev", ["error invalid-constraint"]],
    ["1.x", []],
    ["", ["error invalid-constraint"]],
    [undefined, ["error invalid-constraint"]],
  ])("says of the constraint %s %j", (constraint, expected) => {
    const diagnostics = digestStrategy.inspect?.({ constraint }) ?? [];
    expect(diagnostics.map(({ severity, code }) => `${severity} ${code}`)).toEqual(expected);
  });

  it("rejects every other tag", () => {
    const context = { constraint: "latest" };
    expect(rejectionsOf(digestStrategy, named("1.0", "latest", "2.0"), context)).toEqual([
      "1.0: not-the-constraint-tag",
      "2.0: not-the-constraint-tag",
    ]);
  });
});
