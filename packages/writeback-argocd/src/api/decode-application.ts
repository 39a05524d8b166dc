import { ApplicationError } from "@image-updater/core";
import { z } from "zod";
import type { ApiAnswer } from "./exchange.js";

const named = z.object({ metadata: z.object({ name: z.string(), namespace: z.string() }) });

/** Which Application was asked for, and where. */
export interface DecodeContext {
  readonly application: string;
  readonly origin: string;
  readonly name: { readonly namespace: string; readonly name: string };
}

/**
 * The manifest of a good answer, as decoded JSON.
 *
 * Throws ApplicationError `invalid-response` for anything but an Application, and `not-found` for
 * another one than was asked for: old servers look into no namespace but their own.
 */
export function decodeApplication({ text }: ApiAnswer, context: DecodeContext): unknown {
  const { application, origin, name } = context;
  const manifest = parseJson(text);
  const { data } = named.safeParse(manifest);
  if (data === undefined) {
    const message = `${application}: ${origin} answered something else than an Application; are url and rootPath those of the Argo CD API server?`;
    throw new ApplicationError("invalid-response", message, { application });
  }
  if (data.metadata.name === name.name && data.metadata.namespace === name.namespace) {
    return manifest;
  }
  const message = `${origin} has no Application ${application}, it answered ${data.metadata.namespace}/${data.metadata.name}`;
  throw new ApplicationError("not-found", message, { application });
}

/** The value of a JSON text, `undefined` when it is none. */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
