import { describe, expect, it } from "vitest";
import { followSource } from "../../src/write/follow-source.js";

const CHART = { repoURL: "https://charts.example.com", chart: "web", targetRevision: "1" };
const FOLDER = { repoURL: "https://git.example.com/a.git", path: "web" };
const VALUES = { repoURL: "https://git.example.com/a.git", ref: "values" };

const at = (...sources: object[]): object => ({ spec: { sources } });

it.each([
  ["stays", at(CHART, FOLDER), at(CHART, FOLDER), 1, 1],
  ["is followed to another place", at(CHART, FOLDER), at(VALUES, FOLDER, CHART), 0, 2],
  [
    "is the same with another revision",
    at(CHART, FOLDER),
    at(FOLDER, { ...CHART, targetRevision: "2" }),
    0,
    1,
  ],
  [
    "stays beside its twin as long as the list does",
    at(FOLDER, FOLDER),
    at(FOLDER, { ...FOLDER, helm: {} }),
    1,
    1,
  ],
])("a source %s", (_title, then, now, before, after) => {
  expect(followSource({ source: `/spec/sources/${before}` }, then, now)).toBe(
    `/spec/sources/${after}`,
  );
});

it.each(["/spec/source", "/spec/sourceHydrator/drySource"])("%s has one place only", (pointer) => {
  expect(followSource({ source: pointer }, at(CHART), at(FOLDER))).toBe(pointer);
});

it.each([
  ["is gone", at(CHART, FOLDER), at(FOLDER), "gone"],
  [
    "has a twin in a list that has changed",
    at(FOLDER, FOLDER),
    at(CHART, FOLDER, FOLDER),
    "told from",
  ],
  ["is in no list any more", at(CHART, FOLDER), { spec: { source: CHART } }, "gone"],
])("a source that %s is an error", (_title, then, now, words) => {
  expect(() => followSource({ source: "/spec/sources/0" }, then, now)).toThrow(
    expect.objectContaining({ code: "not-found", message: expect.stringContaining(words) }),
  );
});

describe("a source that the plan has seen", () => {
  const { targetRevision: _revision, ...marks } = CHART;
  const source = "/spec/sources/0";

  it("is followed to where it stands at the first reading", () => {
    const now = at(FOLDER, VALUES, CHART);
    expect(followSource({ source, marks }, now, now)).toBe("/spec/sources/2");
  });

  it("stays where it was", () => {
    const now = at(CHART, FOLDER);
    expect(followSource({ source, marks }, now, now)).toBe(source);
  });

  it("is gone when only others are left", () => {
    const now = at(FOLDER, VALUES);
    expect(() => followSource({ source, marks }, now, now)).toThrow("is gone");
  });
});
