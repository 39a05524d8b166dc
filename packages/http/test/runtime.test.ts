import { refuseIgnoredSettings, replacesUndici } from "@image-updater/http";
import { afterEach, expect, it, vi } from "vitest";

afterEach(() => {
  vi.unstubAllGlobals();
});

const ignored = { dispatcher: {}, ca: "PEM", insecure: true };

it("lets every setting pass where undici is Node's", () => {
  expect(replacesUndici()).toBe(false);
  expect(() => refuseIgnoredSettings("createClient", ignored)).not.toThrow();
});

it("names the settings that the runtime ignores, and none of their values", () => {
  vi.stubGlobal("Bun", {});
  expect(replacesUndici()).toBe(true);
  const refuse = (): void => refuseIgnoredSettings("createClient", ignored);
  expect(refuse).toThrow(TypeError);
  expect(refuse).toThrow(
    /^createClient: Bun ignores the setting\(s\) dispatcher, ca, insecure; run on Node/u,
  );
  expect(refuse).not.toThrow(/PEM/u);
});

it.each([undefined, false, ""])("takes %o for a setting that is not set", (value) => {
  vi.stubGlobal("Bun", {});
  expect(() => refuseIgnoredSettings("createClient", { ca: value })).not.toThrow();
});
