// Checks that no regular expression of the packages takes more than linear time on foreign text:
// `npm run regexps`, after a build. https://makenowjust-labs.github.io/recheck/ does the analysis.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parse } from "acorn";
import { ancestor } from "acorn-walk";
import { check } from "recheck";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Expressions that are linear all the same, since what they run on is short, with why. One that is not
 * found any more fails the check, too.
 */
const BOUNDED = new Map(Object.entries(readJson("tools/bounded-regular-expressions.json")));

const files = readdirSync(join(root, "packages")).flatMap((name) =>
  filesBelow(join(root, "packages", name, "dist")),
);
const problems = [];
const found = [...files.flatMap((path) => expressionsOf(path)), ...(await builtExpressions(files))];
if (found.length === 0) throw new Error("there is no regular expression; was it built?");

const bySource = new Map();
for (const one of found) bySource.set(keyOf(one), [...(bySource.get(keyOf(one)) ?? []), one]);

for (const [key, places] of bySource) {
  const [{ source, flags }] = places;
  const { status, complexity } = await check(source, flags, { timeout: 60_000 });
  if (status === "safe" || BOUNDED.has(key)) continue;
  const cost = complexity?.summary ?? status;
  problems.push(`${places.map(({ place }) => place).join(", ")}: ${key} takes ${cost} time`);
}
for (const key of BOUNDED.keys()) {
  if (!bySource.has(key)) problems.push(`tools/bounded-regular-expressions.json: ${key} is gone`);
}
for (const problem of problems) console.error(problem);
console.log(
  `regular expressions: ${bySource.size} checked, ${BOUNDED.size} on short text, ${problems.length} not linear`,
);
process.exit(problems.length > 0 ? 1 : 0);

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".js"))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((path) => !path.includes("/dist/testing/"))
    .toSorted();
}

/** The literals of a file. A pattern that a function puts together is refused: nobody could check it. */
function expressionsOf(path) {
  const expressions = [];
  const text = readFileSync(path, "utf8");
  const placeOf = (node) => `${relative(root, path)}:${node.loc.start.line}`;
  const tree = parse(text, { ecmaVersion: "latest", sourceType: "module", locations: true });
  const refuseInFunction = (node, _, ancestors) => {
    if (node.callee.name !== "RegExp" || !ancestors.some(({ type }) => /Function/.test(type)))
      return;
    problems.push(`${placeOf(node)}: a function puts a pattern together; write it as a literal`);
  };
  ancestor(tree, {
    Literal(node) {
      if (node.regex === undefined) return;
      const { pattern, flags } = node.regex;
      expressions.push({ source: pattern, flags, place: placeOf(node) });
    },
    NewExpression: refuseInFunction,
    CallExpression: refuseInFunction,
  });
  return expressions;
}

/** What modules put together from constants while they are loaded. */
async function builtExpressions(paths) {
  const built = [];
  const Original = globalThis.RegExp;
  let place = "";
  globalThis.RegExp = new Proxy(Original, {
    construct(target, [source, flags], own) {
      const made = Reflect.construct(target, [source, flags], own);
      if (place !== "") built.push({ source: made.source, flags: made.flags, place });
      return made;
    },
  });
  // Libraries make their own while they are loaded: they come first, and are not looked at.
  for (const path of paths) await import(pathToFileURL(path).href);
  for (const path of paths.filter((one) => readFileSync(one, "utf8").includes("new RegExp("))) {
    place = relative(root, path);
    await import(`${pathToFileURL(path).href}?again`);
    place = "";
  }
  globalThis.RegExp = Original;
  return built;
}

function keyOf({ source, flags }) {
  return `/${source}/${flags}`;
}

function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), "utf8"));
}
