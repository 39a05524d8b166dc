import type { JsonPatchOperation } from "@image-updater/core";
import { z } from "zod";
import { applyJsonPatch } from "./json-patch.js";
import { Refusal } from "./refusal.js";
import { badRequest, failure, patchRefused } from "./status-object.js";

const operation = z.union([
  z.object({ op: z.enum(["test", "add", "replace"]), path: z.string(), value: z.unknown() }),
  z.object({ op: z.literal("remove"), path: z.string() }),
]);

/** What a patch makes of an object; JSON Patch and JSON Merge Patch are known, as for custom resources. */
export function patchObject(present: unknown, contentType: string, body: unknown): unknown {
  switch (contentType.replace(/\s*;.*/, "")) {
    case "application/json-patch+json":
      return applyPatch(present, body);
    case "application/merge-patch+json":
      return mergePatch(present, body);
    default: {
      const message = `the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json`;
      throw new Refusal(failure({ code: 415, reason: "UnsupportedMediaType", message }));
    }
  }
}

function applyPatch(present: unknown, body: unknown): unknown {
  const { data } = z.array(operation).safeParse(body);
  if (data === undefined) throw new Refusal(badRequest("error decoding patch"));
  const patch: readonly JsonPatchOperation[] = data;
  const outcome = applyJsonPatch(present, patch);
  if (outcome.kind === "patched") return outcome.document;
  throw new Refusal(patchRefused());
}

/** RFC 7386. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
