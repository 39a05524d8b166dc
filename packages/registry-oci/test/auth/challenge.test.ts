import fc from "fast-check";
import { expect, it } from "vitest";
import { parseChallenges } from "../../src/auth/challenge.js";

type Expected = readonly (readonly [string, Record<string, string>])[];

const token = {
  realm: "https://auth.docker.io/token",
  service: "registry.docker.io",
  scope: "repository:library/nginx:pull,push",
};

const TABLE: readonly (readonly [string, string, Expected])[] = [
  ["nothing", "", []],
  [
    "a Bearer challenge with commas in quotes",
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/nginx:pull,push"',
    [["bearer", token]],
  ],
  ["capitals", 'BEARER Realm="x",SERVICE="Y"', [["bearer", { realm: "x", service: "Y" }]]],
  [
    "white space",
    ' Bearer  realm = "x" ,\tservice="y" ',
    [["bearer", { realm: "x", service: "y" }]],
  ],
  ["a scheme alone", "Basic", [["basic", {}]]],
  [
    "values without quotes",
    "Bearer realm=https://a/b,service=c",
    [["bearer", { realm: "https://a/b", service: "c" }]],
  ],
  [
    "escapes",
    String.raw`Basic realm="a \"b\" \\ c"`,
    [["basic", { realm: String.raw`a "b" \ c` }]],
  ],
  ["an empty value", 'Bearer realm="",service=', [["bearer", { realm: "", service: "" }]]],
  [
    "two challenges in one line",
    'Bearer realm="https://codeberg.org/v2/token",service="container_registry",scope="*",Basic realm="https://codeberg.org/v2",service="container_registry",scope="*"',
    [
      [
        "bearer",
        { realm: "https://codeberg.org/v2/token", service: "container_registry", scope: "*" },
      ],
      ["basic", { realm: "https://codeberg.org/v2", service: "container_registry", scope: "*" }],
    ],
  ],
  [
    "Negotiate before Basic",
    'Negotiate, Basic realm="x"',
    [
      ["negotiate", {}],
      ["basic", { realm: "x" }],
    ],
  ],
  [
    "token68",
    'Negotiate YWJj/+==, Basic realm="x"',
    [
      ["negotiate", {}],
      ["basic", { realm: "x" }],
    ],
  ],
  [
    "empty elements",
    ',, Basic realm="x",, ,service="y"',
    [["basic", { realm: "x", service: "y" }]],
  ],
  ["a repeated parameter", 'Basic realm="x",realm="y"', [["basic", { realm: "x" }]]],
  ["a parameter without a scheme", 'realm="x", Basic realm="y"', [["basic", { realm: "y" }]]],
  ["an open quote", 'Bearer realm="x', [["bearer", { realm: "x" }]]],
  ["garbage", '"=;{} Basic', [["basic", {}]]],
  [
    "the name of an object's own field",
    'Bearer __proto__="x"',
    [["bearer", { ["__proto__"]: "x" }]],
  ],
];

it.each(TABLE)("parseChallenges reads %s", (_, header, expected) => {
  const found = parseChallenges(header).map(({ scheme, parameters }) => [scheme, [...parameters]]);
  expect(found).toEqual(expected.map(([scheme, fields]) => [scheme, Object.entries(fields)]));
});

it("parseChallenges never throws and always ends", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (header) => {
      expect(Array.isArray(parseChallenges(header))).toBe(true);
    }),
  );
});
