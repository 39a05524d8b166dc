import { expect, it } from "vitest";
import { parseNextLink } from "../../src/http/link-header.js";

it.each([
  ["no header", undefined, undefined],
  ["an empty header", "", undefined],
  ["a relative link", '</v2/a/tags/list?last=b&n=2>; rel="next"', "/v2/a/tags/list?last=b&n=2"],
  ["an absolute link", '<https://r.example.com/p>; rel="next"', "https://r.example.com/p"],
  ["no quotes", "</p>; rel=next", "/p"],
  ["capitals", '</p>; REL="Next"', "/p"],
  ["several relations", '</p>; rel="last next"', "/p"],
  ["other parameters before", '</p>; title="a; rel=prev, b"; rel="next"', "/p"],
  ["several links", '</1>; rel="prev", </2>; rel="next"', "/2"],
  ["a comma in the URL", '</p?a=1,2>; rel="next"', "/p?a=1,2"],
  ["no space", '</p>;rel="next"', "/p"],
  ["another relation only", '</p>; rel="prev"', undefined],
  ["no relation", "</p>", undefined],
  ["no brackets", '/p; rel="next"', undefined],
])("parseNextLink reads %s", (_, header, target) => {
  expect(parseNextLink(header)).toBe(target);
});
