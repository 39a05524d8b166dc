import { describe, expect, it } from "vitest";
import { expectValue, InputError } from "../../src/errors/expect-value.js";
import { ImageUpdaterError } from "../../src/errors/image-updater-error.js";
import { parseRegistriesConf } from "../../src/config/registries-conf.js";
import { parseImageReference } from "../../src/image/parse-image-reference.js";

function errorOf(run: () => unknown): InputError {
  try {
    run();
  } catch (error) {
    if (InputError.is(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("expectValue", () => {
  it("answers the value", () => {
    expect(expectValue(parseImageReference("nginx:1.27")).tag).toBe("1.27");
  });

  it("throws what is wrong, all of it, with the place", () => {
    const parsed = parseRegistriesConf("registries: [{prefix: 1}, nonsense");
    expect(parsed.value).toBeUndefined();
    const error = errorOf(() => expectValue(parsed, "registries.conf"));
    expect(error.message).toMatch(/^registries\.conf cannot be used:\n {2}error: /u);
    for (const { message } of parsed.diagnostics) expect(error.message).toContain(message);
    expect(error.diagnostics).toBe(parsed.diagnostics);
    expect(ImageUpdaterError.is(error)).toBe(true);
  });

  it("speaks of the input where no place is named", () => {
    expect(errorOf(() => expectValue(parseImageReference(""))).message).toContain("the input");
  });
});
