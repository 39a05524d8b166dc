// Runs one benchmark by its name: `npm run bench -- git --size small`.
const benchmarks = {
  decide: () => import("./decide.mjs"),
  edits: () => import("./edits.mjs"),
  git: () => import("./git.mjs"),
};

const [name = "", ...args] = process.argv.slice(2);
const load = Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined;
if (load === undefined) {
  console.error(`usage: npm run bench -- <${Object.keys(benchmarks).join("|")}> [options]`);
  process.exitCode = 2;
} else {
  const { main } = await load();
  await main(args);
}
