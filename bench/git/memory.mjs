import { readFileSync } from "node:fs";

const INTERVAL_MS = 20;

/**
 * Watches a process and what it starts; `peak` is the resident memory of the largest of them at its
 * largest, in bytes. Linux tells; elsewhere it is not known.
 */
export function watchMemory(pid) {
  let highest;
  const timer = setInterval(() => {
    for (const process of familyOf(pid)) highest = Math.max(highest ?? 0, peakOf(process));
  }, INTERVAL_MS);
  return {
    peak() {
      clearInterval(timer);
      return highest;
    },
  };
}

function familyOf(pid) {
  const children = read(`/proc/${pid}/task/${pid}/children`).split(" ").filter(Boolean);
  return [pid, ...children.flatMap((child) => familyOf(child))];
}

function peakOf(pid) {
  const name = read(`/proc/${pid}/comm`).trim();
  // Until it becomes another program, a new process has the memory of this one.
  if (name === read("/proc/self/comm").trim()) return 0;
  const kilobytes = /^VmHWM:[ \t]+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? "0";
  return Number(kilobytes) * 1024;
}

/** Processes end while they are looked at. */
function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
