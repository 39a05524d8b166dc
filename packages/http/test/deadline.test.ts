import { once } from "node:events";
import { startDeadline } from "@image-updater/http";
import { expect, it } from "vitest";

const NEVER_MS = 2 ** 31 - 1;

it("ends with its time", async () => {
  const deadline = startDeadline(1, undefined);
  if (!deadline.signal.aborted) await once(deadline.signal, "abort");
  expect(deadline.endedBy()).toBe("timeout");
});

it("ends with its caller, who may have ended before", () => {
  const caller = new AbortController();
  const deadline = startDeadline(NEVER_MS, caller.signal);
  expect(deadline.endedBy()).toBeUndefined();
  caller.abort();
  expect([deadline.signal.aborted, deadline.endedBy()]).toEqual([true, "cancelled"]);
  deadline.clear();

  const late = startDeadline(NEVER_MS, caller.signal);
  expect([late.signal.aborted, late.endedBy()]).toEqual([true, "cancelled"]);
  late.clear();
});

it("hears its caller after its timer was stopped, and nobody after it was cleared", () => {
  const caller = new AbortController();
  const open = startDeadline(NEVER_MS, caller.signal);
  const cleared = startDeadline(NEVER_MS, caller.signal);
  open.stopTimer();
  cleared.clear();
  caller.abort();
  expect([open.endedBy(), cleared.endedBy()]).toEqual(["cancelled", undefined]);
  expect(cleared.signal.aborted).toBe(false);
});
