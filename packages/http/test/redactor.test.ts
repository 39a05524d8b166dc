import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRedactor } from "@image-updater/http";

const PASSWORD = 'p@ss/wörd+"1"';

function redactorOf(secret: string, username?: string): (text: string) => string {
  const redactor = createRedactor();
  redactor.hide(secret, username);
  return (text) => redactor.redact(text);
}

/** How servers write what they were told. */
const WRITERS: Readonly<Record<string, (secret: string) => string>> = {
  "as it is": (secret) => secret,
  "percent-encoded": (secret) => encodeURIComponent(secret),
  "percent-encoded with small letters": (secret) =>
    encodeURIComponent(secret).replaceAll(/%../g, (escape) => escape.toLowerCase()),
  "percent-encoded twice": (secret) => encodeURIComponent(encodeURIComponent(secret)),
  "every byte percent-encoded": (secret) =>
    [...Buffer.from(secret)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""),
  "as a form": (secret) => new URLSearchParams({ x: secret }).toString().slice(2),
  "in JSON": (secret) => JSON.stringify(secret).slice(1, -1),
  "in JSON in JSON": (secret) => JSON.stringify(JSON.stringify(secret)).slice(3, -3),
  "in ASCII JSON": (secret) =>
    secret.replaceAll(/[^ -~]|["\\/]/gu, (character) =>
      [...Array(character.length).keys()]
        .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`)
        .join(""),
    ),
  "in HTML": (secret) =>
    secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;"),
  "in numbers of HTML": (secret) =>
    Array.from(secret)
      .map((character) => `&#${character.codePointAt(0)};`)
      .join(""),
  "in base64": (secret) => Buffer.from(secret).toString("base64"),
  "in base64 for URLs": (secret) => Buffer.from(secret).toString("base64url"),
};

describe("a redactor", () => {
  it.each(Object.entries(WRITERS))("hides a secret %s", (_, write) => {
    const redact = redactorOf(PASSWORD);
    const shown = redact(`user sent ${write(PASSWORD)} to us`);
    expect(shown).toMatch(/^user sent \[secret\]=* to us$/);
  });

  it.each([0, 1, 2, 3])("hides a secret in base64 behind %i bytes", (before) => {
    const redact = redactorOf(PASSWORD);
    const text = Buffer.from(`${"u".repeat(before)}${PASSWORD}:more`).toString("base64");
    const decoded = Buffer.from(redact(text).replaceAll("[secret]", ""), "base64").toString("utf8");
    expect(redact(text)).toContain("[secret]");
    expect(decoded).not.toContain("ss/w");
  });

  it("hides what HTTP Basic makes of it", () => {
    const redactor = createRedactor();
    const header = `Basic ${Buffer.from(`robot$x:${PASSWORD}`).toString("base64")}`;
    redactor.hideHeader(header);
    expect(redactor.redact(header)).toMatch(/^Basic \[secret\]=*$/);
    expect(redactor.redact(PASSWORD)).toBe("[secret]");
  });

  it("hides the token of a header", () => {
    const redactor = createRedactor();
    redactor.hideHeader("Bearer eyJhbGciOi");
    expect(redactor.redact('{"token":"eyJhbGciOi"}')).toBe('{"token":"[secret]"}');
  });

  it.each(Object.entries(WRITERS))("hides a secret %s in capitals", (_, write) => {
    const redact = redactorOf(PASSWORD);
    expect(redact(write(PASSWORD).toUpperCase())).toMatch(/^\[secret\]=*$/);
  });

  it("leaves a text alone that holds nothing of it", () => {
    const redact = redactorOf(PASSWORD, "user");
    for (const text of ["", "%", "\\", "&;", "100% of \\u00zz &amp; &#x; %zz", "p@ss/wör"]) {
      expect(redact(text)).toBe(text);
    }
  });

  it("does not hide a secret that is found in every text", () => {
    expect(redactorOf("abc")("abc")).toBe("abc");
  });

  it.each([
    ["the end of an escape", "%", "41"],
    ["the end of an escape of JSON", "\\", "nb"],
    ["the end of a code of JSON", "\\u00", "41"],
    ["the end of an entity", "&#", "65;"],
  ])("hides a long secret that may be read as %s", (_, before, start) => {
    const rest = "canary/token+with a tail+of/many+characters";
    for (const written of [rest, encodeURIComponent(rest), JSON.stringify(rest).slice(1, -1)]) {
      const shown = redactorOf(`${start}${rest}`)(`${before}${start}${written}`);
      expect(shown).toBe(`${before}[secret]`);
    }
  });

  it("hides one of a thousand tokens that begin alike", () => {
    const redactor = createRedactor();
    const tokens = Array.from(
      { length: 1000 },
      (_, index) => `eyJhbGciOiJSUzI1NiJ9.claims-${index};`,
    );
    for (const token of tokens) redactor.hide(token);
    for (const write of Object.values(WRITERS)) {
      expect(redactor.redact(`with ${write(tokens[500] ?? "")}`)).toMatch(/^with \[secret\]=*$/u);
    }
  });

  it("forgets the oldest of more than a thousand", () => {
    const redactor = createRedactor();
    for (let index = 0; index <= 1000; index += 1) redactor.hide(`secret-${index};`);
    expect(redactor.redact("secret-0; secret-1; secret-1000;")).toBe("secret-0; [secret] [secret]");
  });

  it("finds any secret in any form between any texts", () => {
    const secret = fc
      .string({ unit: "grapheme", minLength: 6, maxLength: 40 })
      .filter((text) => !/[\p{Cs}\s\\%&+]/u.test(text));
    const writers = fc.constantFrom(...Object.values(WRITERS));
    fc.assert(
      fc.property(secret, writers, fc.string(), fc.string(), (hidden, write, before, after) => {
        const redact = redactorOf(hidden);
        const written = write(hidden);
        fc.pre(written.length >= 8);
        const shown = redact(`${before} ${written} ${after}`);
        expect(shown).toContain("[secret]");
        expect(shown.replaceAll("[secret]", "")).not.toContain(written);
      }),
    );
  });
});
