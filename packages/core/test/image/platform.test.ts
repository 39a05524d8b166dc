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
    [" linux/arm/v7 ", { os: "linux", architecture: "arm", variant: "v7" }],
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

  it.each([
    ["linux/x86_64", 'write "amd64"'],
    ["linux/aarch64", 'write "arm64"'],
    ["linux/armhf", 'write "arm/v7"'],
    ["Linux/amd64", 'write "linux"'],
    ["linux/AMD64", 'write "amd64"'],
    ["linux/amd46", 'did you mean "amd64"?'],
    ["linus/amd64", 'did you mean "linux"?'],
    ["linux/toaster", 'the architecture "toaster", which images do not have'],
    ["linux/amd64 linux/arm64", "separate platforms with commas"],
    ["linux/arm64/v8", 'write "linux/arm64", which takes both'],
  ])("takes %j as it stands, and says what images have", (text, advice) => {
    const { value, diagnostics } = parsePlatform(text);
    expect(value).toBeDefined();
    expect(diagnostics).toMatchObject([{ severity: "warning", code: "unknown-platform" }]);
    expect(diagnostics[0]?.message).toContain(advice);
  });
});
