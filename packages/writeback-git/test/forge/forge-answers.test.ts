import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { messageOfAnswer } from "../../src/forge/forge-answer.js";
import { parsePageLink } from "@image-updater/http";
import { z } from "zod";
import { listPages, nextQuery } from "../../src/forge/list-pages.js";
import { rateLimitOf } from "../../src/forge/rate-limit.js";

describe("what a forge says is wrong", () => {
  it.each([
    [{ message: "Bad credentials" }, "Bad credentials"],
    [
      { message: "Validation Failed", errors: [{ code: "custom", message: "No commits" }] },
      "Validation Failed; No commits",
    ],
    [{ message: "Failed", errors: [{ field: "head", code: "invalid" }] }, "Failed; head invalid"],
    [{ message: ["one", "two"] }, "one; two"],
    [{ message: { title: ["is too long"], base: "is odd" } }, "title: is too long; base: is odd"],
    [{ error: "invalid_token", error_description: "expired" }, "invalid_token; expired"],
    [{ message: "twice", errors: ["twice"] }, "twice"],
    [{ message: 5, errors: null }, ""],
    ["<html>", ""],
    [undefined, ""],
  ])("in %o is %o", (body, message) => {
    expect(messageOfAnswer({ body })).toBe(message);
  });
});

describe("the query of the next page", () => {
  const host = "https://other.example/api";
  it.each([
    [
      `<${host}?page=2&per_page=100>; rel="next", <${host}?page=9>; rel="last"`,
      "?page=2&per_page=100",
    ],
    [`<${host}?page=1>; rel="prev", <${host}?after=a,b>; rel=next`, "?after=a,b"],
    [`<${host}?page=3>; title="x"; rel="last next"`, "?page=3"],
    [`<${host}?page=3#top>; rel="next"`, "?page=3"],
    [`<${host}?page=1>; rel="first"`, undefined],
    [`<${host}>; rel="next"`, undefined],
    ["nonsense", undefined],
    ["", undefined],
    [undefined, undefined],
  ])("in %o is %o", (link, query) => {
    expect(nextQuery(parsePageLink(link))).toBe(query);
  });

  it("is looked for in any text without a throw", () => {
    const unit = fc.constantFrom("<", ">", ";", ",", '"', "=", "rel", "next", "?", "a", " ");
    fc.assert(
      fc.property(fc.string({ unit }), (link) => {
        expect(nextQuery(parsePageLink(link)) ?? "?").toMatch(/^\?/u);
      }),
    );
  });
});

describe("a rate limit", () => {
  const now = new Date("2024-01-01T00:00:00Z");
  const seconds = now.getTime() / 1000;
  it.each([
    [429, {}, {}, { waitSeconds: undefined }],
    [429, { "retry-after": "60" }, {}, { waitSeconds: 60 }],
    [429, { "retry-after": "Mon, 01 Jan 2024 00:00:30 GMT" }, {}, { waitSeconds: 30 }],
    [429, { "retry-after": "soon" }, {}, { waitSeconds: undefined }],
    [429, { "ratelimit-reset": String(seconds + 5) }, {}, { waitSeconds: 5 }],
    [403, { "retry-after": "1" }, {}, { waitSeconds: 1 }],
    [
      403,
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(seconds - 5) },
      {},
      { waitSeconds: 0 },
    ],
    [403, {}, { message: "You have exceeded a secondary rate limit" }, { waitSeconds: undefined }],
    [403, { "x-ratelimit-remaining": "4000" }, { message: "Forbidden" }, undefined],
    [500, { "retry-after": "1" }, {}, undefined],
    [200, { "x-ratelimit-remaining": "0" }, {}, undefined],
  ])("is told from status %i with %o and %o", (status, headers, body, limit) => {
    expect(rateLimitOf({ status, headers, body }, now)).toEqual(limit);
  });
});

it("a list whose next page cannot be told is not taken for whole", async () => {
  const place = { name: "GitHub", target: "https://git.example/o/r", secrets: [] };
  const answer = { status: 200, headers: { link: "nonsense" }, body: [1], bytes: 3 };
  const listed = listPages(
    { place, call: async () => answer },
    { path: "/pulls", query: {}, item: z.number(), signal: undefined },
  );
  await expect(listed).rejects.toMatchObject({ code: "invalid-response" });
});
