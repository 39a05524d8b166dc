import { z } from "zod";
import type { TagSummary } from "@image-updater/core";
import { isReferrerTag, isTagName, type Decoder } from "@image-updater/registry-oci/http";
import { milliseconds } from "../openapi/milliseconds.js";

/** A tag as the OpenAPI lists it. */
export interface TagRow {
  readonly name: string;
  readonly digest?: string | undefined;
  readonly status?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly created?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly updated?: number | undefined;
}

/** A page of tags, and how many there are on all pages. */
export interface TagPage {
  readonly total: number;
  readonly rows: readonly TagRow[];
}

const count = z.union([z.int().min(0), z.string().regex(/^\d{1,9}$/)]).transform(Number);
const optionalText = z.string().nullish();
const optionalTime = milliseconds.nullish().catch(undefined);

/** A page of `ListRepoTag`, of the Enterprise edition. */
export const enterpriseTagPage: Decoder<TagPage> = z
  .object({
    TotalCount: count,
    Images: z
      .array(
        z.object({
          Tag: z.string(),
          Digest: optionalText,
          Status: optionalText,
          ImageCreate: optionalTime,
          ImageUpdate: optionalTime,
        }),
      )
      .nullish(),
  })
  .transform(({ TotalCount, Images }) => ({
    total: TotalCount,
    rows: (Images ?? []).map((image) => ({
      name: image.Tag,
      digest: image.Digest ?? undefined,
      status: image.Status ?? undefined,
      created: image.ImageCreate ?? undefined,
      updated: image.ImageUpdate ?? undefined,
    })),
  }));

/** A page of the personal edition's tags. */
export const personalTagPage: Decoder<TagPage> = z
  .object({
    data: z.object({
      total: count,
      tags: z
        .array(
          z.object({
            tag: z.string(),
            digest: optionalText,
            status: optionalText,
            imageCreate: optionalTime,
            imageUpdate: optionalTime,
          }),
        )
        .nullish(),
    }),
  })
  .transform(({ data }) => ({
    total: data.total,
    rows: (data.tags ?? []).map((image) => ({
      name: image.tag,
      digest: image.digest ?? undefined,
      status: image.status ?? undefined,
      created: image.imageCreate ?? undefined,
      updated: image.imageUpdate ?? undefined,
    })),
  }));

/** Whether a row is a tag to choose from: not one that is being deleted, nor another image's signature. */
export function isLivingTag({ name, status }: TagRow): boolean {
  if (status !== undefined && status !== "NORMAL") return false;
  return isTagName(name) && !isReferrerTag(name);
}

/**
 * The row as the registry port says it.
 *
 * The time of the last push dates a tag, or of its creation where there is no other; the source says
 * which it is.
 */
export function summarizeTag({ name, digest, created, updated }: TagRow): TagSummary {
  const time = timeOf(updated, "acr-image-update") ?? timeOf(created, "acr-image-create");
  return { name, digest: digestOf(digest), created: time };
}

function timeOf(value: number | undefined, source: string): TagSummary["created"] {
  if (value === undefined || value <= 0) return undefined;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? undefined : { at: date.toISOString(), source };
}

/** The API leaves the algorithm out. */
function digestOf(text: string | undefined): string | undefined {
  const [, hex] = /^(?:sha256:)?([0-9a-f]{64})$/i.exec(text ?? "") ?? [];
  return hex === undefined ? undefined : `sha256:${hex.toLowerCase()}`;
}
