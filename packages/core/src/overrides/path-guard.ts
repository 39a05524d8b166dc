/** A place that no edit may touch. */
interface GuardedPlace {
  /** The components of its path, in lower case. */
  readonly parts: readonly string[];
  /** Whether it is one in every folder, or only at the root of the repository. */
  readonly everywhere: boolean;
  /** Why a path that leads there cannot be used. */
  readonly problem: string;
}

const forge = (path: string): GuardedPlace => ({
  parts: path.split("/"),
  everywhere: false,
  problem: `it is ${path} or inside of it, where forges find programs to run`,
});

const git = (name: string): GuardedPlace => ({
  parts: [name],
  everywhere: true,
  problem: `it is a ${name} file, which tells Git what to do`,
});

const PLACES: readonly GuardedPlace[] = [
  { parts: [".git"], everywhere: true, problem: "it leads into .git" },
  git(".gitmodules"),
  git(".gitattributes"),
  forge(".github/workflows"),
  forge(".github/actions"),
  forge(".gitea/workflows"),
  forge(".forgejo/workflows"),
  forge(".gitlab-ci.yml"),
  forge("bitbucket-pipelines.yml"),
];

/**
 * Why a path from a repository's root must not be written to, or `undefined` when it may be.
 *
 * It must stay where it is spelled, on every system that checks it out, and out of what Git and forges
 * obey: `.git`, `.gitmodules`, `.gitattributes` and the folders of workflows, in any spelling that a
 * file system takes for these names. Whoever follows a symbolic link asks again for where it leads.
 */
export function repositoryPathProblem(path: string): string | undefined {
  if (path === "") return "it is empty";
  if (path.startsWith("/")) return "it is absolute";
  if (path.includes("\\")) return "it holds a backslash";
  if (/\p{Cc}/u.test(path)) return "it holds a control character";
  if (/\p{Cs}/u.test(path)) return "it is not valid Unicode";
  const components = path.split("/");
  for (const component of components) {
    if (component === "") return "it has an empty component";
    if (component === "." || component === "..") return `it has the component "${component}"`;
  }
  return guardedPlace(components)?.problem;
}

/** Whether a component is `.git` for some file system. */
export function isGitFolder(component: string): boolean {
  return isSpelling(spell(component), ".git");
}

function guardedPlace(components: readonly string[]): GuardedPlace | undefined {
  const spelled = components.map((component) => spell(component));
  return PLACES.find(({ parts, everywhere }) => {
    const [first = ""] = parts;
    if (everywhere) return spelled.some((one) => isSpelling(one, first));
    return parts.every((part, index) => isSpelling(spelled[index] ?? "", part));
  });
}

/**
 * A component as file systems compare it: Windows has no case, drops dots and spaces at the end, and
 * names streams of a file after a colon; macOS drops characters that cannot be seen.
 */
function spell(component: string): string {
  const visible = component.replaceAll(/\p{Default_Ignorable_Code_Point}/gu, "");
  const colon = visible.indexOf(":");
  let end = colon < 0 ? visible.length : colon;
  while (end > 0 && (visible[end - 1] === "." || visible[end - 1] === " ")) end -= 1;
  return visible.slice(0, end).toUpperCase().toLowerCase();
}

/** Short names that Windows makes once those of the usual form are taken, as Git knows them. */
const HASHED: ReadonlyMap<string, string> = new Map([
  [".gitmodules", "gi7eba"],
  [".gitattributes", "gi7d29"],
]);

function isSpelling(spelled: string, name: string): boolean {
  if (spelled === name) return true;
  const tilde = spelled.indexOf("~");
  if (tilde < 0) return false;
  // The short name that Windows gives: six characters, a number, and three of the extension.
  const [stem = "", extension = ""] = name.replace(/^\./u, "").split(".", 2);
  const [, number = "", ending = ""] =
    /^~([0-9]{1,6})(?:\.(.*))?$/u.exec(spelled.slice(tilde)) ?? [];
  const start = spelled.slice(0, tilde);
  const isStart = start === stem.slice(0, 6) || start === HASHED.get(name);
  return number !== "" && isStart && ending === extension.slice(0, 3);
}
