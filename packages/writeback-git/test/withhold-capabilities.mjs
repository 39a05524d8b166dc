// Runs a program of Git, takes capabilities out of its greeting, and ends it without a word when its
// client names one of them: withhold-capabilities.mjs "names" program argument...
import { spawn } from "node:child_process";

const [names = "", program = "", ...args] = process.argv.slice(2);
const withheld = names.split(" ");
const isKept = (capability) => !withheld.includes(capability.split("=", 1)[0]);
const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
child.stdin.on("error", () => undefined);

/** Passes the first packet through a function, and everything after it as it is. */
function withFirst(source, target, change) {
  let held = Buffer.alloc(0);
  let isPast = false;
  source.on("data", (chunk) => {
    if (isPast) return target.write(chunk);
    held = Buffer.concat([held, chunk]);
    const length = Math.max(4, Number.parseInt(held.toString("latin1", 0, 4), 16));
    if (held.length < 4 || held.length < length) return undefined;
    isPast = true;
    const first = change(held.toString("utf8", 4, length));
    const size = (Buffer.byteLength(first) + 4).toString(16).padStart(4, "0");
    target.write(first === "" ? held.subarray(0, length) : size + first);
    return target.write(held.subarray(length));
  });
}

withFirst(child.stdout, process.stdout, (line) => {
  const [reference, capabilities] = line.replace(/\n$/u, "").split("\0", 2);
  if (capabilities === undefined) return line;
  return `${reference}\0${capabilities.split(" ").filter(isKept).join(" ")}\n`;
});
withFirst(process.stdin, child.stdin, (line) => {
  const named = line.startsWith("want ") ? line.slice(45) : (line.split("\0", 2)[1] ?? "");
  if (named.trim().split(" ").every(isKept)) return line;
  child.kill();
  process.exit(0);
});
process.stdin.on("end", () => child.stdin.end());
child.on("close", (code) => process.exit(code ?? 1));
