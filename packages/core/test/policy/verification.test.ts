import { describe, expect, it } from "vitest";
import { mergeVerification } from "../../src/policy/merge-verification.js";
import { parseImagePolicy } from "../../src/policy/parse-image-policy.js";
import { parseVerification } from "../../src/policy/parse-verification.js";

const cosignKey = { secretName: "cosign", key: "cosign.pub" };

describe("parseVerification", () => {
  it.each([undefined, { enabled: false }, { enabled: false, cosignKey }])(
    "asks for none with %j",
    (settings) => {
      expect(parseVerification(settings)).toEqual({ value: undefined, diagnostics: [] });
    },
  );

  it.each([{ cosignKey }, { enabled: true, cosignKey }])("reads %j", (settings) => {
    expect(parseVerification(settings)).toEqual({ value: { cosignKey }, diagnostics: [] });
  });

  it.each<[string, object | undefined]>([
    ["no key", undefined],
    ["a secret of another namespace", { secretName: "other/cosign", key: "a" }],
    ["a secret on a way out", { secretName: "..", key: "a" }],
    ["a secret in upper case", { secretName: "Cosign", key: "a" }],
    ["no secret", { secretName: "", key: "a" }],
    ["a long secret", { secretName: "a".repeat(254), key: "a" }],
    ["no field", { secretName: "a", key: "" }],
    ["a field with a slash", { secretName: "a", key: "b/c" }],
    ["a field on a way out", { secretName: "a", key: ".." }],
  ])("refuses %s", (_what, given) => {
    const key = given as typeof cosignKey | undefined;
    const { value, diagnostics } = parseVerification({ enabled: true, cosignKey: key });
    expect(value).toBeUndefined();
    expect(diagnostics).toMatchObject([{ severity: "error", code: "invalid-verification" }]);
  });
});

describe("mergeVerification", () => {
  it.each([
    [undefined, undefined, undefined],
    [{ cosignKey }, undefined, { cosignKey }],
    [undefined, {}, { enabled: true }],
    [{ enabled: false, cosignKey }, {}, { enabled: true, cosignKey }],
    [{ cosignKey }, { enabled: false }, { enabled: false, cosignKey }],
  ])("of %j and %j is %j", (broader, narrower, expected) => {
    expect(mergeVerification(broader, narrower)).toEqual(expected);
  });
});

describe("parseImagePolicy on verification", () => {
  const image = { alias: "web", imageName: "nginx:1.x" };

  it("puts the key into the policy", () => {
    const { value } = parseImagePolicy({ ...image, imagesVerification: { cosignKey } });
    expect(value?.verification).toEqual({ cosignKey });
    expect(parseImagePolicy(image).value).not.toHaveProperty("verification");
  });

  it("gives no policy where the key is wrong, and says where that was written", () => {
    const { value, diagnostics } = parseImagePolicy(
      { ...image, imagesVerification: {} },
      { locate: (setting) => ({ field: setting }) },
    );
    expect(value).toBeUndefined();
    expect(diagnostics).toMatchObject([
      { code: "invalid-verification", where: { field: "imagesVerification", image: "web" } },
    ]);
  });
});
