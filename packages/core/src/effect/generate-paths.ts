import { z } from "zod";
import { compileGlob } from "../tags/glob.js";
import { resolveRepositoryPath } from "../overrides/repository-path.js";
import {
  isWrittenTo,
  pathsOf,
  sourcesOf,
  unlessInvalid,
  type EffectProblem,
  type EffectSubject,
} from "./effect-subject.js";

const GENERATE_PATHS = "argocd.argoproj.io/manifest-generate-paths";

const annotated = z.object({
  metadata: z.object({ annotations: z.object({ [GENERATE_PATHS]: z.string() }) }),
});

/**
 * Files outside of what `manifest-generate-paths` names: Argo CD does not look at a commit that changes
 * nothing else, and calls the application Synced with what it had before.
 */
export function findOutsideGeneratePaths(subject: EffectSubject): readonly EffectProblem[] {
  const { application, location, edits } = subject;
  const text = annotated.safeParse(application.manifest).data?.metadata.annotations[GENERATE_PATHS];
  if (text === undefined || text === "") return [];
  const readers = sourcesOf(application).filter(({ source }) => isWrittenTo(source, location));
  if (readers.length === 0) return [];
  const items = text.split(";").filter((item) => item !== "");
  const watched = readers.flatMap(({ source }) =>
    items.flatMap(
      (path) => unlessInvalid(() => resolveRepositoryPath({ sourcePath: source.path, path })) ?? [],
    ),
  );
  return edits.flatMap((edit) => {
    const paths = pathsOf(edit);
    const isWatched = paths.some((path) => watched.some((item) => covers(item, path)));
    if (paths.length === 0 || isWatched) return [];
    const message = `the file is outside of ${GENERATE_PATHS} ("${text}"), so Argo CD does not take notice of a commit that changes nothing else; add its folder there`;
    const where = { file: edit.kind === "application-patch" ? "" : edit.path };
    return [
      { diagnostic: { severity: "warning", code: "outside-generate-paths", where, message } },
    ];
  });
}

/** A path names a file, a folder with all that is in it, or files by a pattern of Go's `filepath.Match`. */
function covers(item: string, path: string): boolean {
  if (item === "." || item === path || path.startsWith(`${item}/`)) return true;
  return compileGlob(item)?.matches(path) ?? false;
}
