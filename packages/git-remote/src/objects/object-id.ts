import { createHash } from "node:crypto";
import type { ObjectType } from "./pack-entry.js";

/** An object as Git stores it. */
export interface GitObject {
  readonly type: ObjectType;
  readonly content: Uint8Array;
}

/** The name that Git gives to an object: the SHA-1 of its kind, its size and its bytes. */
export function objectId({ type, content }: GitObject): string {
  return createHash("sha1").update(`${type} ${content.length}\0`).update(content).digest("hex");
}
