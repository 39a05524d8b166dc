import { resolve } from "node:path";
import { readDeviations } from "./deviations.js";
import { findStale, runVectors, type CaseResult } from "./run-vectors.js";
import { readVectors } from "./vector.js";

const OWN_VECTORS = [
  "upstream.json",
  "upstream-random.json",
  "upstream-blanks-and-names.json",
  "semver-constraints.json",
].map((name) => new URL(`../../../test/vectors/${name}`, import.meta.url));

// npm runs scripts in the repository's root and says in INIT_CWD where it was called.
const callerFolder = process.env["INIT_CWD"] ?? process.cwd();

process.exitCode = await main(process.argv.slice(2).map((file) => resolve(callerFolder, file)));

async function main(files: readonly string[]): Promise<number> {
  const deviations = readDeviations(new URL("../deviations.json", import.meta.url));
  const own = files.length === 0;
  const vectors = (own ? OWN_VECTORS : files).flatMap((file) => readVectors(file));
  const results = await runVectors(vectors, deviations);
  const stale = own ? findStale(deviations, results) : [];
  printAreas(results);
  for (const result of results) printMismatch(result);
  for (const entry of stale) console.log(`stale deviation ${entry}`);
  const count = (outcome: CaseResult["outcome"]): number =>
    results.filter((result) => result.outcome === outcome).length;
  const covered = results.length - count("not-yet");
  console.log(
    `\nconformance: ${count("passed")}/${covered} passed, ${count("deviates")} listed deviation(s), ${count("failed")} mismatch(es), ${count("not-yet")} not yet covered, ${stale.length} stale`,
  );
  return count("failed") + stale.length > 0 ? 1 : 0;
}

function printAreas(results: readonly CaseResult[]): void {
  for (const area of new Set(results.map(({ vector }) => vector.area))) {
    const own = results.filter(({ vector }) => vector.area === area);
    const passed = own.filter(({ outcome }) => outcome === "passed").length;
    const deviating = own.filter(({ outcome }) => outcome === "deviates").length;
    const notYet = own.every(({ outcome }) => outcome === "not-yet");
    const remark = deviating === 0 ? "" : ` (${deviating} listed deviation(s))`;
    console.log(`${area.padEnd(38)} ${notYet ? "not yet" : `${passed}/${own.length}${remark}`}`);
  }
}

function printMismatch({ vector, outcome, actual }: CaseResult): void {
  if (outcome !== "failed") return;
  console.log(`\nmismatch ${vector.id}${vector.note === "" ? "" : ` (${vector.note})`}`);
  console.log(`  input    ${JSON.stringify(vector.input)}`);
  console.log(`  expected ${JSON.stringify(vector.expected)}`);
  console.log(`  actual   ${JSON.stringify(actual)}`);
}
