import { describe, expect, it } from "vitest";
import { decodeStatus, type ImageUpdaterStatus } from "../../src/crd/image-updater-status.js";
import {
  nextImageUpdaterStatus,
  type EndedCycle,
  type WrittenUpdate,
} from "../../src/crd/next-image-updater-status.js";

const START = new Date("2026-03-01T10:00:00.250Z");
const END = new Date("2026-03-01T10:00:07.999Z");

function ended(fields: Partial<EndedCycle> = {}): ImageUpdaterStatus {
  return nextImageUpdaterStatus({
    phase: "ended",
    generation: 3,
    now: END,
    applicationsMatched: 4,
    imagesManaged: 6,
    failedImages: 0,
    updates: [],
    brokenRefs: [],
    ...fields,
  });
}

/** `type status reason`. */
function conditionsOf({ conditions = [] }: ImageUpdaterStatus): readonly string[] {
  return conditions.map(({ type, status, reason }) => `${type} ${status} ${reason}`);
}

function update(fields: Partial<WrittenUpdate> = {}): WrittenUpdate {
  return { alias: "web", image: "nginx", newVersion: "1.2", application: "argocd/a", ...fields };
}

describe("the status at a cycle's start", () => {
  it("says that it is reconciling, and nothing else changes", () => {
    const previous = ended({ updates: [update()] });
    const next = nextImageUpdaterStatus({ phase: "started", previous, generation: 4, now: START });
    const { conditions, ...rest } = next;
    const { conditions: before, ...others } = previous;
    expect(rest).toEqual(others);
    expect(conditionsOf(next)).toEqual([
      "Reconciling True Reconciling",
      "Error False NoErrors",
      "Ready True ReconcileSucceeded",
    ]);
    expect(conditions?.[0]).toMatchObject({
      lastTransitionTime: "2026-03-01T10:00:00Z",
      observedGeneration: 4,
    });
    expect(conditions?.slice(1)).toEqual(before?.slice(1));
  });

  it("begins from nothing", () => {
    const next = nextImageUpdaterStatus({ phase: "started", now: START });
    expect(Object.keys(next)).toEqual(["conditions"]);
    expect(conditionsOf(next)).toEqual(["Reconciling True Reconciling"]);
    expect(next.conditions?.[0]).not.toHaveProperty("observedGeneration");
  });
});

it("says what is written and not deployed, which is not an error", () => {
  const status = ended({ notDeployed: ["argocd/web", "argocd/web", "team/api"] });
  expect(conditionsOf(status)).toEqual([
    "Reconciling False Idle",
    "Error False NoErrors",
    "Ready True ReconcileSucceeded",
  ]);
  expect(status.conditions?.at(-1)?.message).toBe(
    "Checked 4 application(s), updated 0 image(s); 3 image(s) of argocd/web and team/api are written but not deployed.",
  );
});

describe("the status of a cycle that was told to stop", () => {
  it("is idle, and keeps what is said of the last whole one", () => {
    const previous = ended({ failedImages: 1 });
    const next = nextImageUpdaterStatus({ phase: "stopped", previous, updates: [], now: START });
    expect({ ...next, conditions: [] }).toEqual({ ...previous, conditions: [] });
    expect(conditionsOf(next)).toEqual([
      "Reconciling False Idle",
      "Error True PartialErrors",
      "Ready True ReconcileCompletedWithErrors",
    ]);
  });

  it("has what was updated before", () => {
    const updates = [update({ oldVersion: "1.1" })];
    const next = nextImageUpdaterStatus({ phase: "stopped", updates, now: START });
    expect(next).toMatchObject({
      lastUpdatedAt: "2026-03-01T10:00:00Z",
      recentUpdates: [{ message: "Updated from 1.1 to 1.2." }],
    });
    expect(Object.keys(next)).not.toContain("lastCheckedAt");
  });
});

describe("the status at a cycle's end", () => {
  it("counts, and keeps what the last update was", () => {
    const previous = ended({ updates: [update()], now: START });
    expect(ended({ previous })).toMatchObject({
      observedGeneration: 3,
      lastCheckedAt: "2026-03-01T10:00:07Z",
      lastUpdatedAt: "2026-03-01T10:00:00Z",
      applicationsMatched: 4,
      imagesManaged: 6,
      recentUpdates: [{ alias: "web", newVersion: "1.2" }],
    });
    expect(Object.keys(ended())).not.toContain("lastUpdatedAt");
  });

  it.each<[string, Partial<EndedCycle>, readonly string[]]>([
    ["all is good", {}, ["Error False NoErrors", "Ready True ReconcileSucceeded"]],
    [
      "images failed",
      { failedImages: 2 },
      ["Error True PartialErrors", "Ready True ReconcileCompletedWithErrors"],
    ],
    [
      "a reference is broken",
      { failedImages: 2, brokenRefs: [{ namePattern: "a-[", message: "no pattern" }] },
      ["Error True InvalidApplicationRef", "Ready False InvalidApplicationRef"],
    ],
    [
      "the cycle failed",
      { error: "no route", failedImages: 2, brokenRefs: [{ namePattern: "", message: "x" }] },
      ["Error True ReconcileError", "Ready False ReconcileFailed"],
    ],
  ])("when %s", (_what, fields, expected) => {
    expect(conditionsOf(ended(fields))).toEqual(["Reconciling False Idle", ...expected]);
  });

  it("says in messages what happened", () => {
    const brokenRefs = [
      { namePattern: "a-[", message: "no pattern" },
      { namePattern: "b", message: "no image" },
    ];
    const [, error, ready] = ended({ failedImages: 1, brokenRefs }).conditions ?? [];
    const list = '2 of applicationRefs cannot be used: "a-[": no pattern; "b": no image';
    expect(error?.message).toBe(`1 error(s), and ${list}`);
    expect(ready?.message).toBe(`Checked 4 application(s), updated 0 image(s); ${list}`);
    const long = ended({ error: "e".repeat(40_000) }).conditions ?? [];
    expect(long.map(({ message }) => message.length <= 32_768)).toEqual([true, true, true]);
  });

  it("counts in messages as the log does, whatever was written", () => {
    const [, error, ready] = ended({ failedImages: 2, imagesUpdated: 3 }).conditions ?? [];
    expect([error?.message, ready?.message]).toEqual([
      "2 error(s); the log and events say why.",
      "Checked 4 application(s), updated 3 image(s), and 2 error(s).",
    ]);
  });

  it.each([
    [["1"], "from 1 to 1.2"],
    [["1", "2", "1"], "from 1 and 2 to 1.2"],
    [["1", "2", "3"], "from 1, 2 and 3 to 1.2"],
    [["1", "2", "3", "4", "5"], "from 1, 2, 3 and 2 more to 1.2"],
  ])("names the versions %s that an update was from", (versions, text) => {
    const updates = versions.map((oldVersion) => update({ oldVersion }));
    expect(ended({ updates }).recentUpdates?.[0]?.message).toBe(`Updated ${text}.`);
  });

  it("moves a transition time only with its status", () => {
    const first = ended({ now: START });
    const same = ended({ previous: first, generation: 9 });
    expect(same.conditions?.map(({ lastTransitionTime }) => lastTransitionTime)).toEqual(
      Array.from({ length: 3 }, () => "2026-03-01T10:00:00Z"),
    );
    expect(same.conditions?.map(({ observedGeneration }) => observedGeneration)).toEqual([9, 9, 9]);
    const failed = ended({ previous: first, failedImages: 1 });
    expect(
      failed.conditions?.map(({ type, lastTransitionTime }) => [type, lastTransitionTime]),
    ).toEqual([
      ["Reconciling", "2026-03-01T10:00:00Z"],
      ["Error", "2026-03-01T10:00:07Z"],
      ["Ready", "2026-03-01T10:00:00Z"],
    ]);
  });

  it("keeps conditions of others, in their order", () => {
    const foreign = {
      type: "Audited",
      status: "Unknown",
      reason: "Later",
      message: "",
      lastTransitionTime: "2020-01-01T00:00:00Z",
    } as const;
    const previous = { conditions: [foreign, ...(ended().conditions ?? [])] };
    const next = ended({ previous });
    expect(next.conditions?.[0]).toEqual(foreign);
    expect(conditionsOf(next).slice(1)).toEqual(conditionsOf(ended()));
  });

  it("groups updates by alias, or image, and version", () => {
    const { recentUpdates, lastUpdatedAt } = ended({
      updates: [
        update({ oldVersion: "1.1" }),
        update({ application: "argocd/b", oldVersion: "1.0" }),
        update({ application: "argocd/b" }),
        update({ newVersion: "1.3" }),
        update({ alias: undefined, image: "ghcr.io/o/api", newVersion: "2" }),
      ],
    });
    expect(lastUpdatedAt).toBe("2026-03-01T10:00:07Z");
    expect(recentUpdates).toEqual([
      {
        alias: "web",
        image: "nginx",
        newVersion: "1.2",
        applicationsUpdated: 2,
        updatedAt: "2026-03-01T10:00:07Z",
        message: "Updated from 1.1 and 1.0 to 1.2.",
      },
      expect.objectContaining({ newVersion: "1.3", applicationsUpdated: 1 }),
      expect.objectContaining({ alias: "ghcr.io/o/api", message: "Updated to 2." }),
    ]);
  });
});

describe("decodeStatus", () => {
  it("reads what it wrote", () => {
    const status = ended({ updates: [update()] });
    expect(decodeStatus(JSON.parse(JSON.stringify(status)))).toEqual(status);
  });

  it.each([undefined, null, "x", []])("has nothing for %j", (value) => {
    expect(decodeStatus(value)).toBeUndefined();
  });

  it("leaves out what it cannot read", () => {
    const condition = { type: "Ready", status: "True" };
    const status = decodeStatus({
      observedGeneration: "1",
      lastCheckedAt: 5,
      recentUpdates: {},
      conditions: [condition, { type: "Ready", status: "yes" }, null],
    });
    expect(status?.conditions).toMatchObject([condition]);
    expect(
      Object.values({ ...status, conditions: undefined }).every((one) => one === undefined),
    ).toBe(true);
    // Without a time of its own, a condition gets one as soon as it is set.
    const next = ended({ previous: status });
    const ready = next.conditions?.find(({ type }) => type === "Ready");
    expect(ready?.lastTransitionTime).toBe("2026-03-01T10:00:07Z");
  });
});
