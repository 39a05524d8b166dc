import { describe, expect, it } from "vitest";
import {
  parseAnnotations,
  type AnnotatedApplication,
} from "../../src/annotations/parse-annotations.js";
import type { Diagnostic } from "../../src/errors/diagnostic.js";
import { prefixed } from "./annotate.js";

function parse(
  own: Readonly<Record<string, unknown>>,
  upstream: object = {},
): {
  readonly value: AnnotatedApplication | undefined;
  readonly found: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const shared = prefixed({
    "image-list": "web=nginx:1.x",
    "write-back-method": "git",
    ...upstream,
  });
  const keys = Object.entries(own).map(([key, value]) => [`image-updater.dev/${key}`, value]);
  const { value, diagnostics } = parseAnnotations({ ...shared, ...Object.fromEntries(keys) });
  const found = diagnostics.map(
    ({ severity, code, where }) => `${severity} ${code} ${where.annotation?.split("/")[1]}`,
  );
  return { value, found, diagnostics };
}

describe("image-updater.dev/pull-request", () => {
  it.each(["github", "gitlab", "gitea", " github "])("reads %j", (forge) => {
    const { value, found } = parse({ "pull-request": forge });
    expect(value?.writeBack?.pullRequest).toEqual({ forge: forge.trim(), labels: [] });
    expect(found).toEqual([]);
  });

  it("takes labels, comma-separated", () => {
    const labels = " images, ,deploy , images";
    const { value, found } = parse({ "pull-request": "gitlab", "pull-request-labels": labels });
    expect(value?.writeBack?.pullRequest?.labels).toEqual(["images", "deploy"]);
    expect(found).toEqual([]);
  });

  it("is absent when blank", () => {
    const { value, found } = parse({ "pull-request": " ", "pull-request-labels": "" });
    expect(value?.writeBack).not.toHaveProperty("pullRequest");
    expect(found).toEqual([]);
  });

  it.each<[string, object, object, string]>([
    [
      "an unknown forge",
      { "pull-request": "bitbucket" },
      {},
      "error invalid-pull-request pull-request",
    ],
    [
      "a value that is not text",
      { "pull-request": true },
      {},
      "error invalid-annotation pull-request",
    ],
    [
      "labels that are not text",
      { "pull-request": "github", "pull-request-labels": ["a"] },
      {},
      "error invalid-annotation pull-request-labels",
    ],
    [
      "another method",
      { "pull-request": "github" },
      { "write-back-method": "argocd" },
      "error invalid-pull-request pull-request",
    ],
    [
      "a branch of one's own",
      { "pull-request": "github" },
      { "git-branch": "main:img" },
      "error invalid-git-branch git-branch",
    ],
  ])("with %s: nothing is written", (_what, own, upstream, expected) => {
    const { value, found } = parse({ ...own }, upstream);
    expect(value?.images).toHaveLength(1);
    expect(value?.writeBack).toBeUndefined();
    expect(found).toEqual([expected]);
  });

  it("points at the label that is too long", () => {
    const { diagnostics } = parse({
      "pull-request": "github",
      "pull-request-labels": `a, ${"b".repeat(256)}`,
    });
    expect(diagnostics.map(({ where }) => where)).toEqual([
      { annotation: "image-updater.dev/pull-request-labels", offset: 3, length: 256 },
    ]);
  });

  it("is needed for labels", () => {
    const { value, found } = parse({ "pull-request-labels": "a" });
    expect(value?.writeBack?.method).toBe("git");
    expect(found).toEqual(["warning unused-write-back pull-request-labels"]);
  });
});

describe("image-updater.dev/source", () => {
  it.each([
    ["0", { kind: "index", index: 0 }],
    [" 12 ", { kind: "index", index: 12 }],
    ["charts", { kind: "name", name: "charts" }],
    [" my values ", { kind: "name", name: "my values" }],
    ["1a", { kind: "name", name: "1a" }],
  ])("reads %j", (text, expected) => {
    const { value, found } = parse({ source: text });
    expect(value?.source).toEqual(expected);
    expect(found).toEqual([]);
  });

  it("chooses nothing when blank or absent", () => {
    expect(parse({ source: " " }).value).not.toHaveProperty("source");
    expect(parse({}).value).not.toHaveProperty("source");
  });

  it.each([
    ["-1", "error invalid-source source"],
    ["+1", "error invalid-source source"],
    ["9007199254740993", "error invalid-source source"],
    [1, "error invalid-annotation source"],
  ])("refuses %j: nothing is written to a source nobody chose", (text, expected) => {
    const { value, found } = parse({ source: text });
    expect(value?.source).toBeUndefined();
    expect(value?.writeBack).toBeUndefined();
    expect(found).toEqual([expected]);
  });
});

describe("other annotations under image-updater.dev/", () => {
  it("are reported: they have no effect", () => {
    const { value, found } = parse({ "pull-requests": "github", "web.source": "1" });
    expect(value?.writeBack?.method).toBe("git");
    expect(found).toEqual([
      "warning unknown-annotation pull-requests",
      "warning unknown-annotation web.source",
    ]);
  });

  it("are not looked at where nothing is managed", () => {
    expect(parseAnnotations({ "image-updater.dev/source": "-1" })).toEqual({
      value: undefined,
      diagnostics: [],
    });
  });
});
