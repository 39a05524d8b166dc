import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ApplicationError } from "../../src/errors/application-error.js";
import { CredentialError } from "../../src/errors/credential-error.js";
import { EditError } from "../../src/errors/edit-error.js";
import {
  type ImageUpdaterError,
  isImageUpdaterError,
  summarizeError,
} from "../../src/errors/image-updater-error.js";
import { RegistryError } from "../../src/errors/registry-error.js";
import { TemplateError } from "../../src/errors/template-error.js";
import { WriteBackError } from "../../src/errors/write-back-error.js";

const cause = new Error("password=hunter2");

const OWN = [
  new RegistryError("forbidden", "ghcr.io answered 403", { host: "ghcr.io", cause }),
  new WriteBackError("rejected", "the branch is protected", {
    target: "https://git.test/a",
    cause,
  }),
  new EditError("invalid-yaml", "line 3 is not YAML", { file: "values.yaml", cause }),
  new CredentialError("not-found", "there is no such secret", { reference: "env:TOKEN", cause }),
  new ApplicationError("conflict", "the spec has changed", { application: "argocd/web", cause }),
  new TemplateError("parse", "an action is not closed", { offset: 4, cause }),
];

/** What an error of a second copy of the package looks like from here. */
function fromAnotherCopy(error: ImageUpdaterError): Error {
  const twin = new Error(error.message);
  const { name, code, retryable } = error;
  return Object.assign(twin, { name, code, retryable });
}

describe("an error of this SDK", () => {
  it.each(OWN.map((error) => [error.name, error] as const))(
    "%s is JSON without its cause",
    (_name, error) => {
      const { name, code, message } = error;
      expect(JSON.parse(JSON.stringify(error))).toEqual({ name, code, message });
      expect(JSON.stringify(error)).not.toContain("hunter2");
    },
  );

  it.each(OWN.map((error) => [error.name, error] as const))(
    "%s keeps its cause and its place",
    (_name, error) => {
      expect(error.cause).toBe(cause);
      expect(error).toHaveProperty("context");
      expect(JSON.stringify(error)).not.toContain("context");
    },
  );

  it.each(OWN.map((error) => [error.name, error] as const))(
    "%s is known when it comes from another copy of the package",
    (_name, error) => {
      expect(isImageUpdaterError(error)).toBe(true);
      expect(isImageUpdaterError(fromAnotherCopy(error))).toBe(true);
      expect(summarizeError(fromAnotherCopy(error))).toEqual(error.toJSON());
    },
  );

  it("is told apart by its class's own check, whichever copy it comes from", () => {
    const classes = [
      RegistryError,
      WriteBackError,
      EditError,
      CredentialError,
      ApplicationError,
      TemplateError,
    ];
    for (const error of OWN) {
      for (const candidate of [error, fromAnotherCopy(error)]) {
        expect(classes.filter((one) => one.is(candidate)).map((one) => one.name)).toEqual([
          error.name,
        ]);
      }
    }
  });

  it.each([
    ["a foreign error", new TypeError("x")],
    ["a foreign error with a code", Object.assign(new Error("x"), { code: "ENOENT" })],
    [
      "a foreign error that happens to have our name",
      Object.assign(new Error("x"), { name: "TemplateError", code: "parse" }),
    ],
    [
      "a foreign error with our name and a code of another kind",
      Object.assign(new Error("x"), { name: "EditError", code: 7, retryable: false }),
    ],
    ["plain data of an error", { name: "EditError", code: "invalid-yaml", retryable: false }],
    ["nothing", undefined],
    ["null", null],
  ])("is not %s", (_what, value) => {
    expect(isImageUpdaterError(value)).toBe(false);
    expect(EditError.is(value)).toBe(false);
  });

  it.each([
    [new RegistryError("rate-limited", "", { host: "a" }), true],
    [new RegistryError("unavailable", "", { host: "a" }), true],
    [new RegistryError("timeout", "", { host: "a" }), true],
    [new RegistryError("forbidden", "", { host: "a" }), false],
    [new RegistryError("cancelled", "", { host: "a" }), false],
    [new WriteBackError("conflict", "", { target: "a" }), true],
    [new WriteBackError("rejected", "", { target: "a" }), false],
    [new ApplicationError("conflict", "", { application: "a" }), true],
    [new ApplicationError("forbidden", "", { application: "a" }), false],
    [new CredentialError("unavailable", "", { reference: "a" }), true],
    [new CredentialError("invalid-secret", "", { reference: "a" }), false],
    [new EditError("not-utf8", ""), false],
    [new TemplateError("execute", ""), false],
  ])("%# says whether the same call may succeed later", (error, retryable) => {
    expect(error.retryable).toBe(retryable);
  });
});

describe("summarizeError", () => {
  it("reports a foreign error as internal, with its name and text", () => {
    expect(summarizeError(new TypeError("x is undefined"))).toEqual({
      name: "InternalError",
      code: "internal",
      message: "TypeError: x is undefined",
    });
  });

  it.each([
    ["https://bob:s3cret@git.test/a.git", "https://git.test/a.git"],
    ["ssh://git@git.test:22/a.git", "ssh://git.test:22/a.git"],
    ["https://s3cret@a.test and https://x:s3cret@b.test", "https://a.test and https://b.test"],
    ["https://x:p@s3cret@a.test/b", "https://a.test/b"],
    ["https://ghcr.io/org/app@sha256:00", "https://ghcr.io/org/app@sha256:00"],
    ["mail bob@example.com", "mail bob@example.com"],
  ])("turns %s into %s", (text, expected) => {
    expect(summarizeError(new Error(text)).message).toBe(`Error: ${expected}`);
  });

  it("cuts a foreign error's text, and no user information is left by the cut", () => {
    const { message } = summarizeError(new Error("x".repeat(100_000)));
    expect(message).toHaveLength(500);
    expect(message.endsWith("…")).toBe(true);
    const secret = `${"x".repeat(480)} https://bob:s3cret-of-bob@git.test`;
    expect(summarizeError(new Error(secret)).message).not.toContain("s3cret");
  });

  it("keeps the whole text of an own error", () => {
    const text = "x".repeat(2000);
    expect(summarizeError(new EditError("invalid-yaml", text)).message).toBe(text);
  });

  it.each([
    ["a text", "no", "no"],
    ["a symbol", Symbol("no"), "Symbol(no)"],
    ["nothing", undefined, "undefined"],
    ["an object without a prototype", Object.create(null), "cannot be described"],
    ["a revoked proxy", revokedProxy(), "cannot be described"],
    ["an error whose message throws", errorWithThrowingMessage(), "cannot be described"],
  ])("never throws: %s is described", (_what, thrown, expected) => {
    const summary = summarizeError(thrown);
    expect(summary.code).toBe("internal");
    expect(summary.message).toContain(expected);
  });

  it("gives short plain text for anything that is thrown", () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), (thrown) => {
        const summary = summarizeError(thrown);
        expect(JSON.parse(JSON.stringify(summary))).toEqual(summary);
        expect(summary.message.length).toBeLessThanOrEqual(500);
      }),
    );
  });
});

function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function errorWithThrowingMessage(): Error {
  return Object.defineProperty(new Error("x"), "message", {
    get() {
      throw new Error("no message");
    },
  });
}
