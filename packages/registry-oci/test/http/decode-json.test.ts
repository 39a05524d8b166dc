import { expect, it } from "vitest";
import { z } from "zod";
import { decodeJson, parseJson } from "../../src/http/decode-json.js";
import { registryErrorOf } from "../support/loopback.js";

const schema = z.object({ name: z.string(), more: z.object({ size: z.number() }).optional() });

function decode(text: string | Uint8Array): unknown {
  return decodeJson(Buffer.from(text), schema, { host: "r", repository: "a" }, "the answer");
}

it("decodes the fields that are named and no others", () => {
  expect(decode('{"name":"x","other":1}')).toEqual({ name: "x" });
});

it.each([
  ["HTML", "<html>", "r/a: the answer is not JSON"],
  ["nothing", "", "r/a: the answer is not JSON"],
  ["bytes that are not UTF-8", Buffer.from([0x22, 0xff, 0x22]), "r/a: the answer is not JSON"],
  ["nesting without end", "[".repeat(1_000_000), "r/a: the answer is not JSON"],
  ["another value", "[]", "r/a: the answer has another shape"],
  ["another type", '{"name":1}', "r/a: the answer has another shape at name"],
  [
    "another type inside",
    '{"name":"x","more":{"size":"1"}}',
    "r/a: the answer has another shape at more.size",
  ],
])("refuses %s", async (_, text, message) => {
  const error = await registryErrorOf(Promise.resolve(text).then(decode));
  expect(error).toMatchObject({ code: "invalid-response", message });
});

it("parseJson takes a byte order mark", () => {
  expect(parseJson(Buffer.from("\uFEFF1"))).toBe(1);
});
