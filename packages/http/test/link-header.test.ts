import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePageLink } from "@image-updater/http";

describe("parsePageLink", () => {
  it.each([
    ["a relative link", '</v2/a/tags/list?last=b&n=2>; rel="next"', "/v2/a/tags/list?last=b&n=2"],
    ["an absolute link", '<https://r.example.com/p>; rel="next"', "https://r.example.com/p"],
    ["no quotes", "</p>; rel=next", "/p"],
    ["single quotes", "</p>; rel='next'", "/p"],
    ["capitals", '</p>; REL="Next"', "/p"],
    ["several relations", '</p>; rel="last next"', "/p"],
    ["other parameters before", '</p>; title="a; rel=prev, b"; rel="next"', "/p"],
    ["an escaped quote", '</p>; title="a\\", <x>; b"; rel="next"', "/p"],
    ["several links", '</1>; rel="prev", </2>; rel="next"', "/2"],
    ["a comma in the URL", '</p?a=1,2>; rel="next"', "/p?a=1,2"],
    ["no space", '</p>;rel="next"', "/p"],
    ["no relation", "</p>", "/p"],
    ["no relation but other parameters", '</p>; title="more"', "/p"],
    ["no relation beside another page's", '</p>, </1>; rel="prev"', "/p"],
    ["no brackets", '/p?last=b; rel="next"', "/p?last=b"],
    ["no brackets and nothing else", "https://r.example.com/p", "https://r.example.com/p"],
    ["what cannot be read beside a next page", '???, </p>; rel="next"', "/p"],
  ])("reads %s", (_, header, target) => {
    expect(parsePageLink(header)).toEqual({ kind: "next", target });
  });

  it.each([
    ["no header", undefined, "unsaid"],
    ["an empty header", "", "unsaid"],
    ["nothing between commas", " , ,", "unsaid"],
    ["a link that is not about pages", '</style.css>; rel="preload"', "unsaid"],
    ["other pages only", '</1>; rel="first", </2>; rel="prev"', "last"],
    ["an open bracket", '</p; rel="next"', "unreadable"],
    ["text", "next page", "unreadable"],
    ["a relation alone", 'rel="next"', "unreadable"],
    ["two links that do not say what they are", "</1>, </2>", "unreadable"],
  ])("takes %s (%j) as %s", (_, header, kind) => {
    expect(parsePageLink(header)).toEqual({ kind });
  });

  it("never throws, and reads any target in brackets back", () => {
    fc.assert(fc.property(fc.string(), (text) => void parsePageLink(text)));
    const target = fc.string().map((text) => text.replaceAll(/[<>]/g, ""));
    fc.assert(
      fc.property(target, (text) => {
        expect(parsePageLink(`<${text}>; rel="next"`)).toEqual({ kind: "next", target: text });
      }),
    );
  });
});
