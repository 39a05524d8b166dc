import { describe, expect, it } from "vitest";
import { onlyRef, refOf, shortly } from "./resources.js";

type Labels = Record<string, string>;

function matches(labelSelectors: unknown, labels: Labels | undefined): boolean {
  const ref = onlyRef(refOf({ labelSelectors }));
  expect(ref.diagnostics).toEqual([]);
  return ref.matches({ name: "app", labels });
}

describe("a label selector", () => {
  const expression = (operator: string, values?: readonly string[]): object => ({
    matchExpressions: [{ key: "env", operator, ...(values === undefined ? {} : { values }) }],
  });

  it.each<[string, object | undefined, readonly boolean[]]>([
    ["none", undefined, [true, true, true]],
    ["an empty one", {}, [true, true, true]],
    ["matchLabels", { matchLabels: { env: "prod" } }, [true, false, false]],
    ["two matchLabels", { matchLabels: { env: "prod", tier: "web" } }, [false, false, false]],
    ["an empty value", { matchLabels: { env: "" } }, [false, false, false]],
    ["In", expression("In", ["prod", "stage"]), [true, false, false]],
    ["NotIn", expression("NotIn", ["prod"]), [false, true, true]],
    ["Exists", expression("Exists"), [true, true, false]],
    ["Exists with an empty list", expression("Exists", []), [true, true, false]],
    ["DoesNotExist", expression("DoesNotExist"), [false, false, true]],
    [
      "an inherited property",
      { matchExpressions: [{ key: "constructor", operator: "Exists" }] },
      [false, false, false],
    ],
  ])("%s", (_what, selector, expected) => {
    const labels: readonly (Labels | undefined)[] = [{ env: "prod" }, { env: "test" }, undefined];
    expect(labels.map((one) => matches(selector, one))).toEqual(expected);
  });

  it("needs all of its parts", () => {
    const selector = { matchLabels: { tier: "web" }, ...expression("In", ["prod"]) };
    const labels = [{ tier: "web", env: "prod" }, { tier: "web" }, { env: "prod" }];
    expect(labels.map((one) => matches(selector, one))).toEqual([true, false, false]);
  });

  it.each<[string, unknown, string]>([
    ["that is a list", [], "error invalid-image-updater "],
    ["with a number", { matchLabels: { env: 1 } }, "error invalid-image-updater .matchLabels.env"],
    ["with null", { matchLabels: { env: null } }, "error invalid-image-updater .matchLabels.env"],
    [
      "with a key that is none",
      { matchLabels: { "a/b/c": "x" } },
      'error invalid-label-selector .matchLabels["a/b/c"]',
    ],
    [
      "with a value that is none",
      { matchLabels: { env: "a b" } },
      "error invalid-label-selector .matchLabels.env",
    ],
    [
      "with an unknown operator",
      expression("in", ["a"]),
      "error invalid-label-selector .matchExpressions[0].operator",
    ],
    [
      "without operator",
      { matchExpressions: [{ key: "a" }] },
      "error invalid-label-selector .matchExpressions[0].operator",
    ],
    [
      "without key",
      { matchExpressions: [{ operator: "Exists" }] },
      "error invalid-label-selector .matchExpressions[0]",
    ],
    [
      "with In of nothing",
      expression("In", []),
      "error invalid-label-selector .matchExpressions[0].values",
    ],
    [
      "with Exists of something",
      expression("Exists", ["a"]),
      "error invalid-label-selector .matchExpressions[0].values",
    ],
    [
      "with text for values",
      { matchExpressions: [{ key: "a", operator: "In", values: "b" }] },
      "error invalid-image-updater .matchExpressions[0].values",
    ],
    [
      "with an expression that is text",
      { matchExpressions: ["a"] },
      "error invalid-image-updater .matchExpressions[0]",
    ],
  ])("%s breaks its reference", (_what, labelSelectors, expected) => {
    const ref = onlyRef(refOf({ labelSelectors }));
    expect(ref.settings).toEqual({ kind: "broken" });
    const [severity = "", code = "", field = ""] = expected.split(" ");
    expect(ref.diagnostics.map(shortly)).toEqual([
      `${severity} ${code} spec.applicationRefs[0].labelSelectors${field}`,
    ]);
  });
});
