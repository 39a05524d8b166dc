import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { formatPlatform, parsePlatform, platformMatches } from "../../src/image/platform.js";

interface Vector {
  readonly id: string;
  readonly area: string;
  readonly input: { readonly wanted: string; readonly have: string };
  readonly expected: boolean;
}

const vectors = (
  JSON.parse(
    readFileSync(new URL("../../../../test/vectors/upstream.json", import.meta.url), "utf8"),
  ) as Vector[]
).filter(({ area }) => area === "platform");

describe("platformMatches", () => {
  it.each(vectors)("agrees with Argo CD Image Updater: $id", ({ input, expected }) => {
    expect(platformMatches(input.wanted, input.have)).toBe(expected);
  });

  it.each([
    ["linux/arm64/v8", "linux/arm64", false],
    ["linux/arm/v6", "linux/arm/v7", false],
    ["linux/arm/v7", "linux/arm/v7", true],
    ["invalid", "invalid", false],
    ["linux/amd64", "windows/amd64", false],
    ["linux/amd64", "linux/amd64/v2/x", false],
  ])("wanted %s, have %s: %s", (wanted, have, matches) => {
    expect(platformMatches(wanted, have)).toBe(matches);
  });
});

describe("parsePlatform", () => {
  it.each([
    ["linux/amd64", { os: "linux", architecture: "amd64" }],
    [" linux/arm64/v8 ", { os: "linux", architecture: "arm64", variant: "v8" }],
    ["linux/arm64/", { os: "linux", architecture: "arm64" }],
  ])("reads %j, and formatPlatform writes it back", (text, platform) => {
    expect(parsePlatform(text)).toStrictEqual({ value: platform, diagnostics: [] });
    expect(formatPlatform(platform)).toBe(text.trim().replace(/\/$/, ""));
  });

  it.each(["", "linux", "/amd64", "linux/", "linux/arm/v7/x"])("refuses %j", (text) => {
    const { value, diagnostics } = parsePlatform(text);
    expect(value).toBeUndefined();
    expect(diagnostics).toMatchObject([{ severity: "error", code: "invalid-platform" }]);
  });
});
