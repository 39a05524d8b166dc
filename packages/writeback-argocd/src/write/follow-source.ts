import { EditError, type SourceMarks } from "@image-updater/core";
import { listAt, valueAt } from "./manifest.js";

const LISTED = /^(?<list>.*)\/(?<index>0|[1-9]\d*)$/u;
/** What tells a source from the others of its list. */
const MARKS = ["repoURL", "path", "chart", "ref", "name"] as const;

/** A source as it was meant: its place and, where the plan tells them, its marks. */
export interface MeantSource {
  readonly source: string;
  readonly marks?: SourceMarks | undefined;
}

/**
 * Where a source stands in the present reading of an Application: an index names another source once
 * somebody has reordered the list. Without marks of the plan, it is the one of that place in the first
 * reading.
 *
 * Throws EditError `not-found` when the source is gone, or when the list has changed and two of its
 * sources are alike.
 */
export function followSource(
  { source: pointer, marks }: MeantSource,
  then: unknown,
  now: unknown,
): string {
  const { list = "", index = "" } = LISTED.exec(pointer)?.groups ?? {};
  if (index === "") return pointer;
  const before = listAt(then, list).map(marksOf);
  const after = listAt(now, list).map(marksOf);
  const wanted = marks === undefined ? before[Number(index)] : marksOf(marks);
  const hasMoved = before.join("\n") !== after.join("\n");
  if (!hasMoved && after[Number(index)] === wanted) return pointer;
  const found = [...after.keys()].filter((place) => after[place] === wanted);
  if (found.length === 1) return `${list}/${found[0]}`;
  const problem = found.length === 0 ? "is gone" : "cannot be told from another one";
  const message = `the sources of the Application have changed meanwhile, and the one that was ${pointer} ${problem}`;
  throw new EditError("not-found", message, { path: pointer });
}

function marksOf(source: unknown): string {
  return JSON.stringify(MARKS.map((mark) => valueAt(source, `/${mark}`) ?? null));
}
