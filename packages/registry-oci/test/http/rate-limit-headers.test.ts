import { expect, it } from "vitest";
import { parseRateLimit } from "../../src/http/rate-limit-headers.js";

function parse(headers: Record<string, string>) {
  return parseRateLimit(new Map(Object.entries(headers)));
}

it.each([
  [
    "Docker Hub's headers",
    {
      "ratelimit-limit": "100;w=21600",
      "ratelimit-remaining": "20;w=21600",
      "docker-ratelimit-source": "192.0.2.1",
    },
    { limit: 100, remaining: 20, windowSeconds: 21_600, source: "192.0.2.1" },
  ],
  [
    "another window",
    { "ratelimit-limit": "100;w=3600", "ratelimit-remaining": "0;w=3600" },
    { limit: 100, remaining: 0, windowSeconds: 3600 },
  ],
  [
    "several windows, of which the first counts",
    { "ratelimit-limit": "10, 10;w=1, 50;w=60", "ratelimit-remaining": "9" },
    { limit: 10, remaining: 9, windowSeconds: 1 },
  ],
  [
    "no window",
    { "ratelimit-limit": "100", "ratelimit-remaining": "20" },
    { limit: 100, remaining: 20 },
  ],
  [
    "the older names",
    { "x-ratelimit-limit": "5000", "x-ratelimit-remaining": "4999" },
    { limit: 5000, remaining: 4999 },
  ],
  ["half of a pair", { "ratelimit-limit": "100;w=21600" }, undefined],
  ["words", { "ratelimit-limit": "many", "ratelimit-remaining": "some" }, undefined],
  ["a negative rest", { "ratelimit-limit": "100", "ratelimit-remaining": "-1" }, undefined],
  ["nothing", {}, undefined],
])("parseRateLimit reads %s", (_, headers, expected) => {
  expect(parse(headers as Record<string, string>)).toEqual(expected);
});
