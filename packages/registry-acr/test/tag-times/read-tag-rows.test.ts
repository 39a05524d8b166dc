import { describe, expect, it } from "vitest";
import { readTagRows } from "../../src/tag-times/read-tag-rows.js";
import type { TagPage } from "../../src/tag-times/tag-page.js";
import { registryErrorOf } from "../support/acr.js";

const PLACE = { host: "registry", repository: "team/app" };

describe("readTagRows", () => {
  it.each([
    [0, 1],
    [1, 1],
    [100, 1],
    [101, 2],
    [1000, 10],
  ])("reads %i tags in %i calls", async (count, calls) => {
    const asked: number[] = [];
    const rows = await readTagRows(async (page) => {
      asked.push(page);
      return pageOf(names(count), page);
    }, PLACE);
    expect(rows).toHaveLength(count);
    expect(asked).toEqual(Array.from({ length: calls }, (_, index) => index + 1));
  });

  it.each([
    ["pushed", names(150), ["new", ...names(150)]],
    ["deleted", names(150), names(150).slice(1)],
  ])("reads again when a tag was %s between two pages", async (_change, before, after) => {
    const asked: number[] = [];
    const rows = await readTagRows(async (page) => {
      asked.push(page);
      return pageOf(asked.length === 1 ? before : after, page);
    }, PLACE);
    expect(rows.map(({ name }) => name)).toEqual(after);
    expect(asked).toEqual([1, 2, 1, 2]);
  });

  it("reads on when pages are shorter than asked for", async () => {
    const all = names(150);
    const rows = await readTagRows(async (page) => {
      const part = all.slice((page - 1) * 30, page * 30);
      return { total: all.length, rows: part.map((name) => ({ name })) };
    }, PLACE);
    expect(rows).toHaveLength(150);
  });

  it("does not go on for ever when all pages are the first", async () => {
    let count = 0;
    const reading = readTagRows(async () => {
      count += 1;
      return { ...pageOf(names(100), 1), total: 150 };
    }, PLACE);
    expect((await registryErrorOf(reading)).code).toBe("unavailable");
    expect(count).toBe(4);
  });

  it("gives no part of a list that keeps changing", async () => {
    let total = 150;
    const reading = readTagRows(async (page) => pageOf(names((total += 1)), page), PLACE);
    expect(await registryErrorOf(reading)).toMatchObject({ code: "unavailable" });
  });

  it.each([
    ["shorter than its count", { total: 250, rows: [] }],
    ["longer than its count", { total: 0, rows: [{ name: "1" }] }],
  ])("does not believe a list that is %s", async (_case, page) => {
    const reading = readTagRows(async () => page, PLACE);
    expect((await registryErrorOf(reading)).code).toBe("unavailable");
  });

  it("does not begin a list without end", async () => {
    let count = 0;
    const reading = readTagRows(async () => {
      count += 1;
      return { total: 100_001, rows: [{ name: "1" }] };
    }, PLACE);
    expect((await registryErrorOf(reading)).code).toBe("too-large");
    expect(count).toBe(1);
  });
});

function names(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `1.0.${index}`);
}

function pageOf(tags: readonly string[], page: number): TagPage {
  const rows = tags.slice((page - 1) * 100, page * 100).map((name) => ({ name }));
  return { total: tags.length, rows };
}
