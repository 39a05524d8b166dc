import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  packageEntries,
  readSources,
  repositoryUrl,
  workspacePackages,
  type RepositoryFile,
} from "./repository-files.js";

/** What consumers rely on; written by hand, never generated. */
interface PinnedSurface {
  /** The values that each entry exports. */
  readonly exports: Readonly<Record<string, readonly string[]>>;
  /** The members of each union of codes. */
  readonly codes: Readonly<Record<string, readonly string[]>>;
}

interface SurfaceChange {
  readonly missing: readonly string[];
  readonly extra: readonly string[];
}

const UNCHANGED: SurfaceChange = { missing: [], extra: [] };
const pinned = JSON.parse(
  readFileSync(repositoryUrl("test/surface.json"), "utf8"),
) as PinnedSurface;
const entries = workspacePackages()
  .flatMap((workspacePackage) => packageEntries(workspacePackage))
  // Internals, which are not published.
  .filter(({ specifier }) => specifier !== "@image-updater/core/conformance");

describe("the names a consumer imports", () => {
  it("are pinned for every entry", () => {
    const specifiers = entries.map(({ specifier }) => specifier);
    expect(changeOf(Object.keys(pinned.exports), specifiers)).toEqual(UNCHANGED);
  });

  it.each(entries)("from $specifier hold", async ({ specifier, source }) => {
    const namespace: unknown = await import(repositoryUrl(source).href);
    const names = Object.keys(namespace as object);
    expect(changeOf(pinned.exports[specifier] ?? [], names)).toEqual(UNCHANGED);
  });
});

describe("the codes a consumer branches on", () => {
  const sources = ["core", "kubernetes"].flatMap((name) => readSources(`packages/${name}/src`));
  const unions = new Map(sources.flatMap((file) => codeUnions(file)));

  it("are pinned for every union", () => {
    expect(changeOf(Object.keys(pinned.codes), [...unions.keys()])).toEqual(UNCHANGED);
  });

  it.each(Object.entries(pinned.codes))("of %s hold", (name, codes) => {
    expect(changeOf(codes, unions.get(name) ?? [])).toEqual(UNCHANGED);
  });

  it("are found in the text of a union", () => {
    const text = [
      `/** Why. */\nexport type DoorErrorCode =\n  | "locked"\n  | "no-door";\n`,
      `export type DoorCode = "bell" | "knock";\n`,
      `export type DoorReason =\n  | { readonly code: "open"; readonly by: "key" }`,
      `  | {\n      readonly code: "shut";\n    };\n`,
    ].join("\n");
    expect(codeUnions({ path: "door.ts", text })).toEqual([
      ["DoorErrorCode", ["locked", "no-door"]],
      ["DoorCode", ["bell", "knock"]],
      ["DoorReason", ["open", "shut"]],
    ]);
  });
});

function changeOf(expected: readonly string[], found: readonly string[]): SurfaceChange {
  return {
    missing: expected.filter((name) => !found.includes(name)).toSorted(),
    extra: found.filter((name) => !expected.includes(name)).toSorted(),
  };
}

/** The exported unions of codes: string literals, or reasons with a `code` each. */
function codeUnions({ text }: RepositoryFile): readonly (readonly [string, readonly string[]])[] {
  const unions = /^export type (\w+Code|\w+Reason|Outcome) =([^]*?);\n(?=\n|$(?![^]))/gm;
  return [...text.matchAll(unions)].map(([, name = "", members = ""]) => {
    const member = members.includes("code:") ? /code: "([^"]+)"/g : /"([^"]+)"/g;
    return [name, [...members.matchAll(member)].flatMap(([, code]) => code ?? [])];
  });
}
