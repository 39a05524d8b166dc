import { describe, expect, it } from "vitest";
import { cleanServerText } from "../../src/transport/server-text.js";

const TOKEN = "ghp_a/b+c=d e";

describe("a Git server's text", () => {
  it.each([
    { name: "as it is", text: TOKEN },
    { name: "percent-encoded", text: encodeURIComponent(TOKEN) },
    { name: "as a form", text: new URLSearchParams({ t: TOKEN }).toString().slice(2) },
    { name: "in base64", text: Buffer.from(`x-access-token:${TOKEN}`).toString("base64") },
    { name: "in a URL", text: `https://x:${encodeURIComponent(TOKEN)}@host/r.git` },
    { name: "in colour", text: `\u001B[31m${TOKEN}\u001B[0m` },
  ])("does not show a token $name", ({ text }) => {
    const shown = cleanServerText(`remote: denied ${text}\nremote: bye`, [TOKEN]);
    expect(shown).toMatch(/^denied .*; bye$/);
    for (const part of [
      "ghp_a",
      "b+c",
      "b%2Bc",
      Buffer.from(TOKEN).toString("base64").slice(4, 12),
    ]) {
      expect(shown).not.toContain(part);
    }
  });

  it("is without boxes, colours and the words of the wire", () => {
    const text = "remote: ========\r\nremote: \u001B[1mno\u001B[0m\u0007 push  \nremote:\n\nbye";
    expect(cleanServerText(text, [])).toBe("========; no push; bye");
  });
});
