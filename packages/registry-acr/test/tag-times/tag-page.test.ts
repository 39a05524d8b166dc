import { describe, expect, it } from "vitest";
import {
  enterpriseTagPage,
  isLivingTag,
  personalTagPage,
  summarizeTag,
} from "../../src/tag-times/tag-page.js";

const HEX = "0123456789abcdef".repeat(4);

describe("the pages", () => {
  it("of the Enterprise edition have counts and times as text or as numbers", () => {
    const image = { Tag: "1", Digest: HEX, Status: "NORMAL", ImageUpdate: "1709288430456" };
    const page = {
      TotalCount: "1",
      Images: [{ ...image, ImageCreate: 1704067200000, ImageSize: 1 }],
    };
    expect(enterpriseTagPage.safeParse(page)).toEqual({
      success: true,
      data: {
        total: 1,
        rows: [
          {
            name: "1",
            digest: HEX,
            status: "NORMAL",
            created: 1704067200000,
            updated: 1709288430456,
          },
        ],
      },
    });
  });

  it.each([
    [enterpriseTagPage, { TotalCount: 0 }],
    [enterpriseTagPage, { TotalCount: "0", Images: null }],
    [personalTagPage, { data: { total: "0", tags: null } }],
    [personalTagPage, { data: { total: 0, tags: [] } }],
  ])("may be empty", (decoder, page) => {
    expect(decoder.safeParse(page)).toEqual({ success: true, data: { total: 0, rows: [] } });
  });

  it.each([
    [enterpriseTagPage, { Images: [] }],
    [enterpriseTagPage, { TotalCount: "many", Images: [] }],
    [enterpriseTagPage, { TotalCount: -1, Images: [] }],
    [enterpriseTagPage, { TotalCount: 1, Images: [{ Digest: HEX }] }],
    [personalTagPage, { total: 1, tags: [] }],
    [personalTagPage, { data: { total: 1, tags: [{ tag: 1 }] } }],
  ])("are refused where their shape is another: %#", (decoder, page) => {
    expect(decoder.safeParse(page).success).toBe(false);
  });

  it("keep a tag whose time cannot be read", () => {
    const page = { TotalCount: 1, Images: [{ Tag: "1", ImageUpdate: "yesterday" }] };
    expect(enterpriseTagPage.safeParse(page)).toMatchObject({
      data: { rows: [{ name: "1", updated: undefined }] },
    });
  });
});

describe("isLivingTag", () => {
  it.each([
    [{ name: "1" }, true],
    [{ name: "1", status: "NORMAL" }, true],
    [{ name: "1", status: "DELETING" }, false],
    [{ name: "1", status: "" }, false],
    [{ name: "no tag" }, false],
    [{ name: `sha256-${HEX}.sig` }, false],
  ])("of %j is %s", (row, isLiving) => {
    expect(isLivingTag(row)).toBe(isLiving);
  });
});

describe("summarizeTag", () => {
  const update = { at: "2024-03-01T10:20:30.456Z", source: "acr-image-update" };
  const create = { at: "2024-01-01T00:00:00.000Z", source: "acr-image-create" };

  it.each([
    [{ updated: 1709288430456, created: 1704067200000 }, update],
    [{ created: 1704067200000 }, create],
    [{ updated: 0, created: 1704067200000 }, create],
    [{ updated: 9e15 }, undefined],
    [{}, undefined],
  ])("dates %j by its source", (times, created) => {
    expect(summarizeTag({ name: "1", ...times }).created).toEqual(created);
  });

  it.each([
    [HEX, `sha256:${HEX}`],
    [HEX.toUpperCase(), `sha256:${HEX}`],
    [`sha256:${HEX}`, `sha256:${HEX}`],
    ["abc", undefined],
    [`${HEX}0`, undefined],
    [undefined, undefined],
  ])("reads the digest %s", (text, digest) => {
    expect(summarizeTag({ name: "1", digest: text }).digest).toBe(digest);
  });
});
