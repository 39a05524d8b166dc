import { readFile } from "node:fs/promises";
import type { CallOptions } from "@image-updater/core";
import type { TextLocation } from "./configuration.js";
import type { Inventory } from "./inventory.js";

/**
 * Reads a text from where it is configured; undefined where there is none and none is required.
 *
 * Throws where one is required, or is there and cannot be read.
 */
export async function readTextAt(
  location: TextLocation,
  key: string,
  inventory: Pick<Inventory, "readConfigMap">,
  options: CallOptions,
): Promise<string | undefined> {
  if (location.kind === "file") return readTextFile(location);
  const text = await inventory.readConfigMap({ ...location, key }, options);
  if (text !== undefined) return text;
  throw new Error(`config map ${location.name} is not there, or has no key ${key}`);
}

/** The text of a file; undefined where it is missing and need not be there. */
export async function readTextFile({
  path,
  isRequired,
}: Pick<Extract<TextLocation, { kind: "file" }>, "path" | "isRequired">): Promise<
  string | undefined
> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (isMissing && !isRequired) return undefined;
    throw error;
  }
}
