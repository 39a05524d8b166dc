/**
 * Why a path must not be written to, or `undefined` when it may be.
 *
 * The rules are those of Git for its index (no `.git` in any spelling that a file system may take for
 * it), plus no backslash and no control character.
 */
export function pathProblem(path: string): string | undefined {
  if (path === "") return "it is empty";
  if (path.startsWith("/")) return "it is absolute";
  if (path.includes("\\")) return "it holds a backslash";
  if (/\p{Cc}/u.test(path)) return "it holds a control character";
  if (Buffer.from(path).toString("utf8") !== path) return "it is not valid Unicode";
  for (const segment of path.split("/")) {
    if (segment === "") return "it has an empty component";
    if (segment === "." || segment === "..") return `it has the component "${segment}"`;
    if (isGitFolder(segment)) return "it leads into a .git folder";
  }
  return undefined;
}

/** Windows drops trailing dots and spaces and knows `git~1` and streams; macOS drops invisible characters. */
function isGitFolder(segment: string): boolean {
  const visible = segment.replaceAll(/\p{Default_Ignorable_Code_Point}/gu, "");
  const name = visible
    .replace(/:.*$/u, "")
    .replace(/[. ]+$/u, "")
    .toLowerCase();
  return name === ".git" || name === "git~1";
}
