import { withoutReceivedBytes } from "@image-updater/http";
import { errors } from "undici";
import { expect, it } from "vitest";

it("leaves an error without the bytes that undici keeps in it, however deep they are", () => {
  const data = { data: "x: canary" };
  const parse = Object.assign(new errors.HTTPParserError("no HTTP"), data);
  const outer = new Error("failed", { cause: parse });
  expect(parse.data).toBe("x: canary");
  expect(withoutReceivedBytes(outer)).toBe(outer);
  expect(parse).not.toHaveProperty("data");
  expect(parse).toMatchObject({ message: "no HTTP", name: "HTTPParserError" });
});

it("takes anything that can be thrown, and a circle", () => {
  const circle = new Error("a");
  circle.cause = circle;
  for (const value of [circle, undefined, "text", { data: 1 }]) {
    expect(withoutReceivedBytes(value)).toBe(value);
  }
});
