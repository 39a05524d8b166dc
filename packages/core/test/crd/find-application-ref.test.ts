import { describe, expect, it } from "vitest";
import { findApplicationRef } from "../../src/crd/parse-image-updater.js";
import { calculateSpecificity } from "../../src/crd/specificity.js";
import { diagnosticsOf, onlyRef, parsed, refOf, shortly } from "./resources.js";

const prod = { matchLabels: { env: "prod" } };

describe("calculateSpecificity", () => {
  it.each<[string, number | undefined, number]>([
    ["", undefined, 1_000_000],
    ["app-1", undefined, 1_000_005],
    ["app-1", 0, 1_010_005],
    ["app-1", 2, 1_010_205],
    ["app-prod-*", undefined, 9],
    ["app-?", undefined, 4],
    ["app-[a-z]-[^0-9]x", undefined, 6],
    ["a[b]c]", undefined, 3],
    ["a]b", undefined, 3],
    ["\\*", undefined, 1],
    ["é*", undefined, 2],
    ["日😀?", undefined, 7],
    ["*", 1, 10_100],
  ])("scores %j with %s requirements", (pattern, requirements, expected) => {
    expect(calculateSpecificity(pattern, requirements)).toBe(expected);
  });
});

describe("findApplicationRef", () => {
  const resource = parsed({
    applicationRefs: [
      refOf(),
      refOf({ namePattern: "app-*" }),
      refOf({ namePattern: "app-?" }),
      refOf({ namePattern: "*-1", labelSelectors: prod }),
      refOf({ namePattern: "app-1" }),
    ],
  });

  it("orders by specificity, equal ones as written", () => {
    expect(resource.refs.map(({ namePattern, index }) => [namePattern, index])).toEqual([
      ["app-1", 4],
      ["*-1", 3],
      ["app-*", 1],
      ["app-?", 2],
      ["*", 0],
    ]);
  });

  it.each<[string, Record<string, string> | undefined, string]>([
    ["app-1", { env: "prod" }, "app-1"],
    ["web-1", { env: "prod" }, "*-1"],
    ["web-1", { env: "test" }, "*"],
    ["web-1", undefined, "*"],
    ["app-2", undefined, "app-*"],
    ["other", {}, "*"],
  ])("chooses for %s with %j", (name, labels, expected) => {
    expect(findApplicationRef(resource, { name, labels })?.namePattern).toBe(expected);
  });

  it("finds nothing where nothing matches", () => {
    const { refs } = parsed({ applicationRefs: [refOf({ namePattern: "app-*" })] });
    expect(findApplicationRef({ refs }, { name: "web" })).toBeUndefined();
    const empty = parsed({ applicationRefs: [refOf({ namePattern: "" })] });
    expect(findApplicationRef(empty, { name: "web" })).toBeUndefined();
  });

  it("does not fall through a broken reference to a broader one", () => {
    const broken = refOf({ namePattern: "app-*", writeBackConfig: { method: "svn" } });
    const found = parsed({ applicationRefs: [refOf(), broken, refOf({ namePattern: "app-1" })] });
    const kindOf = (name: string): unknown => findApplicationRef(found, { name })?.settings.kind;
    expect(["app-1", "app-2", "web"].map(kindOf)).toEqual(["policies", "broken", "policies"]);
  });
});

describe("a reference whose Applications nobody can tell", () => {
  it.each<[string, unknown]>([
    ["a broken glob", refOf({ namePattern: "app-[" })],
    ["a pattern that ends in an escape", refOf({ namePattern: "app\\" })],
    ["no pattern", { images: [] }],
    ["a number for a pattern", refOf({ namePattern: 7 })],
    ["null in its place", null],
    [
      "a wildcard with a broken selector",
      refOf({ namePattern: "a*", labelSelectors: { matchLabels: 1 } }),
    ],
  ])("by %s stops every wildcard, and leaves exact names alone", (_what, entry) => {
    const labelled = refOf({ namePattern: "app-*", labelSelectors: prod });
    const exact = refOf({ namePattern: "app-1" });
    const { refs } = parsed({ applicationRefs: [refOf(), labelled, exact, entry] });
    expect(refs.map(({ index }) => index)).toEqual([2, 3, 1, 0]);
    const kindOf = (name: string): unknown =>
      findApplicationRef({ refs }, { name, labels: { env: "prod" } })?.settings.kind;
    expect(["app-1", "app-2"].map(kindOf)).toEqual(["policies", "broken"]);
    expect(refs[1]?.diagnostics.some(({ severity }) => severity === "error")).toBe(true);
  });

  it("by a broken glob is limited by its selector", () => {
    const broken = refOf({ namePattern: "[", labelSelectors: prod });
    const { refs } = parsed({ applicationRefs: [refOf(), broken] });
    const kindOf = (labels: Record<string, string>): unknown =>
      findApplicationRef({ refs }, { name: "web", labels })?.settings.kind;
    expect([{ env: "prod" }, { env: "test" }].map(kindOf)).toEqual(["broken", "policies"]);
  });

  it("by a broken selector is limited by its pattern", () => {
    const broken = refOf({ namePattern: "app-*", labelSelectors: { matchLabels: { "-": "a" } } });
    const { refs } = parsed({ applicationRefs: [refOf(), broken] });
    const kindOf = (name: string): unknown => findApplicationRef({ refs }, { name })?.settings.kind;
    expect(["app-1", "web"].map(kindOf)).toEqual(["broken", "policies"]);
  });

  it("by a broken selector keeps an exact name where it stands", () => {
    const broken = refOf({ namePattern: "app-1", labelSelectors: [] });
    expect(onlyRef(broken).specificity).toBe(1_000_005);
    expect(onlyRef(broken).settings).toEqual({ kind: "broken" });
  });

  it("by the pattern of another one: the later of the two is broken", () => {
    const spec = { applicationRefs: [refOf(), refOf({ labelSelectors: prod })] };
    const { refs } = parsed(spec);
    expect(diagnosticsOf(spec).map(shortly)).toEqual([
      "error invalid-image-updater spec.applicationRefs[1].namePattern",
    ]);
    const kindOf = (labels: Record<string, string>): unknown =>
      findApplicationRef({ refs }, { name: "web", labels })?.settings.kind;
    expect([{ env: "prod" }, {}].map(kindOf)).toEqual(["broken", "policies"]);
  });
});
