import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseQuery } from "../../src/webhooks/webhook-request.js";

describe("the query of a URL", () => {
  it.each([
    { url: "", query: {} },
    { url: "/webhook", query: {} },
    { url: "/webhook?", query: {} },
    { url: "/webhook?type=harbor&secret=a%2Bb", query: { type: "harbor", secret: "a+b" } },
    { url: "https://host/?a=b=c&d&&e=", query: { a: "b=c", d: "", e: "" } },
    { url: "/?a=1&a=2", query: { a: "1" } },
    { url: "/?a=x+y%20z#?b=1", query: { a: "x y z" } },
    { url: "/?a=50%&b=%E4", query: { a: "50%", b: "%E4" } },
  ])("$url", ({ url, query }) => {
    expect(parseQuery(url)).toEqual(query);
  });

  it("is what URLSearchParams wrote", () => {
    const texts = fc.string({ unit: "grapheme" });
    fc.assert(
      fc.property(fc.dictionary(texts, texts), (fields) => {
        const query = parseQuery(`/webhook?${new URLSearchParams(fields).toString()}`);
        expect(new Map(Object.entries(query))).toEqual(new Map(Object.entries(fields)));
      }),
    );
  });
});
