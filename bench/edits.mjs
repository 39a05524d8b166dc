// What edits of large files cost, beside parsing and dumping the same file by js-yaml, which loses
// comments and layout: `npm run bench -- edits`, or `--lines 1000,10000 --changes 1,50 --runs 5`, and
// `--only kustomization` for some. Times are of the processor, since other programs may run beside it.
import { parseArgs } from "node:util";
import { dump, load } from "js-yaml";
import { setHelmValues, setKustomizationImages } from "../packages/core/dist/index.js";

const KINDS = {
  "values, set": { linesOf: serviceLines, edit: setValues("tag") },
  "values, created": { linesOf: serviceLines, edit: setValues("digest") },
  "values, aliases": { linesOf: aliasLines, edit: setValues("tag") },
  "kustomization, set": { linesOf: imageLines, edit: setImages("app") },
  "kustomization, new": { linesOf: imageLines, edit: setImages("new") },
};

export async function main(args) {
  const { values } = parseArgs({
    args,
    options: {
      lines: { type: "string", default: "1000,10000,100000" },
      changes: { type: "string", default: "1,50" },
      runs: { type: "string", default: "3" },
      only: { type: "string", default: "" },
    },
  });
  const sizes = values.lines.split(",").map(Number);
  const runs = Number(values.runs);
  console.log(
    "| edit               |   lines | changes |      edit | of a line | of the first | load and dump | times |",
  );
  console.log(
    "| ------------------ | ------: | ------: | --------: | --------: | -----------: | ------------: | ----: |",
  );
  for (const [name, kind] of Object.entries(KINDS)) {
    if (!name.startsWith(values.only)) continue;
    measure(kind, sizes[0], 1, 5);
    for (const changes of values.changes.split(",").map(Number)) {
      let first;
      for (const size of sizes) {
        const row = measure(kind, size, changes, runs);
        first ??= row.ms / size;
        console.log(rowOf(name, size, changes, row, first));
      }
    }
  }
}

function measure({ linesOf, edit }, size, changes, runs) {
  const text = `${linesOf(size).join("\n")}\n`;
  const wanted = Array.from({ length: changes }, (_, index) => placeOf(index, changes, size));
  const outcome = edit(text, wanted);
  if (outcome === text || typeof load(outcome) !== "object") throw new Error("nothing was edited");
  return {
    ms: median(runs, () => edit(text, wanted)),
    reference: median(runs, () => dump(load(text))),
  };
}

/** Places that are spread over the whole file, each entry of which has four lines. */
function placeOf(index, changes, size) {
  return Math.floor(((index + 0.5) * (size / 4)) / changes);
}

function serviceLines(size) {
  return entries(size, (index) => [
    `service${index}:`,
    `  image: registry.example/team/app${index} # kept`,
    `  tag: "1.0.${index}"`,
    `  replicas: 2`,
  ]);
}

function aliasLines(size) {
  return entries(size, (index) => [
    `base${index}: &b${index}`,
    `  tag: &t${index} 1.0.${index}`,
    `service${index}: *b${index}`,
    `shown${index}: *t${index}`,
  ]);
}

function imageLines(size) {
  const lines = entries(size - 1, (index) => [
    `  - name: app${index}`,
    `    newName: registry.example/team/app${index}`,
    `    # kept`,
    `    newTag: 1.0.${index}`,
  ]);
  return ["images:", ...lines];
}

function entries(size, linesOf) {
  return Array.from({ length: Math.floor(size / 4) }, (_, index) => linesOf(index)).flat();
}

function setValues(key) {
  return (text, places) =>
    setHelmValues(
      text,
      places.map((place) => ({ path: `service${place}.${key}`, value: "v2.0" })),
    );
}

function setImages(prefix) {
  return (text, places) =>
    setKustomizationImages(
      text,
      places.map((place) => ({
        name: `${prefix}${place}`,
        newName: `registry.example/team/app${place}`,
        newTag: "v2.0",
      })),
    );
}

function median(runs, act) {
  const times = Array.from({ length: runs }, () => {
    const start = process.cpuUsage();
    act();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  return times.toSorted((left, right) => left - right)[Math.floor(runs / 2)];
}

function rowOf(name, size, changes, { ms, reference }, first) {
  const cells = [
    name.padEnd(18),
    size.toLocaleString("en").padStart(7),
    String(changes).padStart(7),
    `${ms.toFixed(1)} ms`.padStart(9),
    `${((ms / size) * 1000).toFixed(1)} µs`.padStart(9),
    (ms / size / first).toFixed(2).padStart(12),
    `${reference.toFixed(1)} ms`.padStart(13),
    (ms / reference).toFixed(2).padStart(5),
  ];
  return `| ${cells.join(" | ")} |`;
}
