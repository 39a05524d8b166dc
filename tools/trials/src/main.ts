import { resolve } from "node:path";
import { checks, pending } from "./checks/index.js";
import { readTrials, type Finding, type Trial } from "./trial.js";

// Plays every trial of `test/trials`, or of the files that are named, and ends 1 when one is not right.

const OWN_TRIALS = ["selection.json", "writing.json"].map(
  (name) => new URL(`../../../test/trials/${name}`, import.meta.url),
);

// npm runs scripts in the repository's root and says in INIT_CWD where it was called.
const callerFolder = process.env["INIT_CWD"] ?? process.cwd();

process.exitCode = await main(process.argv.slice(2).map((file) => resolve(callerFolder, file)));

async function main(files: readonly string[]): Promise<number> {
  const trials = (files.length === 0 ? OWN_TRIALS : files).flatMap((file) => readTrials(file));
  const wrong: string[] = [];
  let waiting = 0;
  for (const trial of trials) {
    // One after the other: each starts servers of its own.
    const finding = await play(trial);
    const isPending = !finding.right && trial.id in pending;
    if (isPending) waiting += 1;
    else if (!finding.right) wrong.push(trial.id);
    const verdict = isPending ? "not yet" : finding.right ? "right" : "WRONG";
    console.log(`${verdict.padEnd(8)} ${trial.id} (${trial.family})`);
    console.log(`         expected ${trial.expected}`);
    console.log(`         happened ${trial.happened}`);
    console.log(`         now      ${finding.now}`);
    if (isPending) console.log(`         because  ${pending[trial.id] ?? ""}`);
  }
  const right = trials.length - wrong.length - waiting;
  console.log(
    `\ntrials: ${right}/${trials.length} right, ${waiting} not yet, ${wrong.length} wrong`,
  );
  for (const id of wrong) console.log(`wrong: ${id}`);
  return wrong.length > 0 ? 1 : 0;
}

async function play(trial: Trial): Promise<Finding> {
  const check = checks[trial.id];
  if (check === undefined) return { right: false, now: "nothing plays this trial" };
  try {
    return await check(trial);
  } catch (error) {
    return { right: false, now: `the check failed: ${String(error)}` };
  }
}
