import type { Platform } from "@image-updater/core";
import { z } from "zod";
import { decodeJson } from "../http/decode-json.js";
import type { RequestPlace } from "../http/http-message.js";
import { parseBuildTime, type BuildTime } from "./build-time.js";

/** The part of an image config that a choice needs. */
export interface ImageConfig {
  readonly created?: BuildTime | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly platform: Platform;
}

/**
 * Reads an image config. A date that is none is absent; so are labels that are not text.
 *
 * @throws RegistryError `invalid-response` for what is not an image config.
 */
export function decodeImageConfig(body: Uint8Array, place: RequestPlace): ImageConfig {
  const fields = decodeJson(body, configSchema, place, "the image config");
  return {
    created: parseBuildTime(fields.created),
    labels: fields.config?.Labels ?? {},
    platform: { os: fields.os, architecture: fields.architecture, variant: fields.variant },
  };
}

const configSchema = z.object({
  created: z.unknown().optional(),
  os: z.string().default(""),
  architecture: z.string().default(""),
  variant: z.string().optional().catch(undefined),
  config: z
    .object({ Labels: z.record(z.string(), z.string()).nullish().catch(undefined) })
    .nullish(),
});
