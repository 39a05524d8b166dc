import { describe, expect, it } from "vitest";
import { createRedactor, redactUrls, serverWords } from "@image-updater/http";

describe("a server's words", () => {
  it.each([
    { text: "a\r\nb\tc", words: "a b c" },
    { text: "\u001B[31mred\u001B[0m", words: "red" },
    { text: "  \u0000x\u200B ", words: "x" },
    { text: "see https://u:p@h.example/x?sig=1 now", words: "see https://h.example/x?… now" },
    { text: "x".repeat(600), words: `${"x".repeat(500)}…` },
  ])("$text are $words", ({ text, words }) => {
    expect(serverWords(text)).toBe(words);
  });

  it("are shown in a message", () => {
    // #region use
    const redactor = createRedactor();
    redactor.hideHeader("Bearer secret-token");
    const message = `answered 500: ${serverWords("no user secret-token", { redactor })}`;
    // #endregion use
    expect(message).toBe("answered 500: no user [secret]");
  });

  it.each(["secret-\u200Btoken", "sec\u001B[1mret-token\u001B[0m"])("are without %j", (text) => {
    const redactor = createRedactor();
    redactor.hide("secret-token");
    expect(serverWords(text, { redactor })).toBe("[secret]");
  });

  it("are without what was told to the server, also where they are cut", () => {
    const redactor = createRedactor();
    redactor.hide("secret-token");
    expect(serverWords(`${"x".repeat(495)}secret-token`, { redactor })).not.toContain("secret-");
  });
});

describe("URLs in a text", () => {
  it.each([
    { text: "https://user:token@host/path", shown: "https://host/path" },
    { text: "ssh://git@host/x and http://a:b@c?d=e#f", shown: "ssh://host/x and http://c?…" },
    { text: "https://a@b@host/p@q", shown: "https://host/p@q" },
    { text: "<https://user@host>, me@example.com", shown: "<https://host>, me@example.com" },
    { text: "https://", shown: "https://" },
    { text: "no URL @ all", shown: "no URL @ all" },
  ])("$text is shown as $shown", ({ text, shown }) => {
    expect(redactUrls(text)).toBe(shown);
  });
});
