import type { PromiseFsClient } from "isomorphic-git";

/**
 * A file system in memory, as much of it as isomorphic-git needs for a bare repository.
 *
 * Folders exist as soon as something is in them. It is forgotten with its last reference, so that a
 * write-back leaves nothing on a disk.
 */
export function createMemoryFileSystem(): PromiseFsClient {
  const files = new Map<string, Uint8Array>();
  const folders = new Set<string>(["/"]);
  const stat = async (path: string): Promise<object> => {
    const file = files.get(path);
    if (file !== undefined) return describe("file", file.length);
    if (folders.has(path)) return describe("folder", 0);
    throw missing(path);
  };
  return {
    promises: {
      readFile: async (path: string, options?: unknown): Promise<Uint8Array | string> => {
        const file = files.get(path);
        if (file === undefined) throw missing(path);
        return wantsText(options) ? Buffer.from(file).toString("utf8") : file;
      },
      writeFile: async (path: string, data: Uint8Array | string): Promise<void> => {
        for (const folder of foldersOf(path)) folders.add(folder);
        files.set(path, typeof data === "string" ? Buffer.from(data) : data);
      },
      unlink: async (path: string): Promise<void> => {
        if (!files.delete(path)) throw missing(path);
      },
      readdir: async (path: string): Promise<readonly string[]> => {
        if (!folders.has(path)) throw missing(path);
        return namesIn(path, [...files.keys(), ...folders]);
      },
      mkdir: async (path: string): Promise<void> => {
        folders.add(path);
      },
      rmdir: async (path: string): Promise<void> => {
        folders.delete(path);
      },
      stat,
      lstat: stat,
      readlink: refuse,
      symlink: refuse,
    },
  };
}

function namesIn(folder: string, paths: readonly string[]): readonly string[] {
  const prefix = folder.endsWith("/") ? folder : `${folder}/`;
  const inside = paths.filter((path) => path.startsWith(prefix));
  const names = inside.map((path) => path.slice(prefix.length).split("/", 1)[0] ?? "");
  return [...new Set(names.filter((name) => name !== ""))];
}

/** A bare repository has no links. */
async function refuse(path: string): Promise<never> {
  throw missing(path);
}

function describe(kind: "file" | "folder", size: number): object {
  return {
    size,
    mode: kind === "file" ? 0o100644 : 0o40000,
    mtimeMs: 0,
    ctimeMs: 0,
    isFile: () => kind === "file",
    isDirectory: () => kind === "folder",
    isSymbolicLink: () => false,
  };
}

function foldersOf(path: string): readonly string[] {
  const parts = path.split("/").slice(1, -1);
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join("/")}`);
}

function wantsText(options: unknown): boolean {
  if (typeof options === "string") return true;
  return (
    typeof options === "object" &&
    options !== null &&
    "encoding" in options &&
    typeof options.encoding === "string"
  );
}

function missing(path: string): Error {
  return Object.assign(new Error(`no such file: ${path}`), { code: "ENOENT" });
}
