import { randomBytes } from "node:crypto";
import type { AcrFixture, AcrTagFixture } from "./acr-fixture.js";
import type { TestRepository } from "./registry-api.js";

/** The repositories of a test server. */
export interface Repositories {
  readonly byPath: ReadonlyMap<string, TestRepository>;
  /** Lists a tag before all others. */
  push(path: string, tag: AcrTagFixture): void;
  /** Gives a repository another id. */
  recreate(path: string): void;
}

/** Repositories that hold the fixture. */
export function createRepositories(fixture: AcrFixture): Repositories {
  const byPath = new Map(
    Object.entries(fixture).map(([path, tags]) => [path, newRepository(tags)]),
  );
  return {
    byPath,
    push(path, tag): void {
      const { id, tags } = byPath.get(path) ?? newRepository([]);
      byPath.set(path, { id, tags: [tag, ...tags] });
    },
    recreate(path): void {
      byPath.set(path, newRepository(byPath.get(path)?.tags ?? []));
    },
  };
}

function newRepository(tags: readonly AcrTagFixture[]): TestRepository {
  return { id: `crr-${randomBytes(8).toString("hex")}`, tags };
}
