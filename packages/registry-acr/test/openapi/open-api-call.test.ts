import { describe, expect, it } from "vitest";
import { formatPath, formatQuery } from "../../src/openapi/open-api-call.js";

describe("formatPath", () => {
  it.each([
    [[], "/"],
    [["tokens"], "/tokens"],
    [["repos", "team", "a/b c", "tags"], "/repos/team/a%2Fb%20c/tags"],
  ])("writes %j as %s", (path, text) => {
    expect(formatPath(path)).toBe(text);
  });
});

describe("formatQuery", () => {
  it("sorts by name, also where one name starts another", () => {
    expect(formatQuery({ b: "1", PageNo2: "2", PageNo: "3", a: "4" })).toBe(
      "PageNo=3&PageNo2=2&a=4&b=1",
    );
  });

  it("encodes all but letters, digits and -._~", () => {
    expect(formatQuery({ "a b": "!'()*~-._ /+é" })).toBe(
      "a%20b=%21%27%28%29%2A~-._%20%2F%2B%C3%A9",
    );
  });
});
