import { describe, expect, it } from "vitest";
import type { ObservedEvent } from "../../src/ports/observer.js";
import { createTextLogger } from "../../src/update/text-logger.js";
import { application, createWorld } from "./world.js";

const annotations = { "write-back-method": "git", "image-list": "app=ghcr.io/team/app:1.x" };
const registry = { "team/app": ["1.0", "1.1", "2.0", "latest"] };
const app = application({ annotations, live: ["ghcr.io/team/app:1.0"] });

describe("the log of a cycle", () => {
  it("has Argo CD Image Updater's lines, in its text form", async () => {
    const lines: string[] = [];
    const clock = { now: () => new Date("2024-05-06T07:08:09.123Z") };
    const logger = createTextLogger({ write: (line) => lines.push(line), clock });
    const { updater } = createWorld({ registry, settings: { logger } });
    await updater.run([app]);

    expect(lines).toEqual(
      [
        'msg="Starting image update cycle, considering 1 application(s) for update"',
        'msg="Setting new image to ghcr.io/team/app:1.1" application=web image_alias=app image_name=team/app image_registry=ghcr.io image_tag=1.0',
        `msg="Successfully updated image 'ghcr.io/team/app:1.0' to 'ghcr.io/team/app:1.1', but pending spec update (dry run=false)" application=web image_alias=app image_name=team/app image_registry=ghcr.io image_tag=1.0`,
        'msg="Committing 1 parameter update(s) for application web" application=web',
        'msg="Successfully updated the live application spec" application=web',
        'msg="Processing results: applications=1 images_considered=1 images_skipped=0 images_updated=1 errors=0"',
      ].map((rest) => `time="2024-05-06T07:08:09Z" level=info ${rest}`),
    );
  });

  it("says of every rejected tag why, for who looks closely", async () => {
    const { updater, logger } = createWorld({ registry });
    await updater.run([app]);
    const debug = logger.entries.filter(({ level }) => level === "debug");
    const said = debug.map(({ fields, message }) => [fields["image_tag"], message] as const);
    expect(new Map(said)).toEqual(
      new Map([
        ["1.0", "Tag 1.0 rejected: is not the newest, which is 1.1"],
        ["2.0", "Tag 2.0 rejected: does not satisfy 1.x"],
        ["latest", "Tag latest rejected: is not a semantic version"],
      ]),
    );
    expect(debug).toHaveLength(3);
    expect(debug[0]?.fields).toMatchObject({ application: "web", image_alias: "app" });
  });

  it("makes no line that nobody reads", async () => {
    const { updater, logger } = createWorld({ registry });
    const quiet = { ...logger, isLevelEnabled: () => false };
    const world = createWorld({ registry, settings: { logger: quiet } });
    await world.updater.run([app]);
    expect(logger.entries.filter(({ level }) => level === "debug")).toEqual([]);
    await updater.run([app]);
    expect(logger.entries.filter(({ level }) => level === "debug")).toHaveLength(3);
  });

  it.each([
    ["run", true],
    ["run", false],
  ] as const)("of %s says whether it is a dry run (%s)", async (_name, dryRun) => {
    const { updater, logger } = createWorld({ registry });
    await updater.run([app], { dryRun });
    const line = logger.entries.find(({ message }) => message.includes("pending spec update"));
    expect(line?.message).toContain(`(dry run=${dryRun})`);
  });

  it.each(["run", "plan"] as const)(
    "of %s has no error of what was told to stop",
    async (method) => {
      const { updater, logger } = createWorld({ registry });
      await updater[method]([app], { signal: AbortSignal.abort() });
      const said = logger.entries.map(({ level, message }) => `${level} ${message}`);
      expect(said).toContainEqual(expect.stringMatching(/^info Nothing is decided about image/u));
      expect(said.filter((line) => /^(?:error|warn)/u.test(line))).toEqual([]);
    },
  );

  it("has no error of a write that was not begun", async () => {
    const ending = new AbortController();
    const { updater, logger } = createWorld({
      registry,
      settings: {
        observer: {
          observe: ({ kind }) => (kind === "image-decided" ? ending.abort() : undefined),
        },
      },
    });
    await updater.run([app], { signal: ending.signal });
    const said = logger.entries.map(({ level, message }) => `${level} ${message}`);
    expect(said).toContain("info The update is not written: the cycle was told to stop");
    expect(said.filter((line) => /^(?:error|warn)/u.test(line))).toEqual([]);
  });

  it("names an image that could not be decided about once", async () => {
    const { updater, logger } = createWorld({
      registry,
      registryFaults: [{ on: "tags", behave: "not-found" }],
    });
    await updater.run([app]);
    const errors = logger.entries.filter(({ level }) => level === "error");
    expect(errors).toHaveLength(1);
    expect(errors[0]?.message.match(/team\/app/gu)).toHaveLength(1);
  });

  it("of a plan claims nothing that was not done", async () => {
    const { updater, logger } = createWorld({ registry });
    const plan = await updater.plan([app]);
    const said = logger.entries.map(({ message }) => message);
    expect(said.filter((message) => /success|setting|committing|dry run/iu.test(message))).toEqual(
      [],
    );
    expect(said).toContain(
      "Planned: image 'ghcr.io/team/app:1.0' would be updated to 'ghcr.io/team/app:1.1'",
    );
    await updater.apply(plan);
    expect(logger.entries.map(({ message }) => message)).toContain(
      "Successfully updated the live application spec",
    );
  });

  it("names the namespace of an application that is not in the controller's", async () => {
    const { updater, logger } = createWorld({ registry });
    const live = ["ghcr.io/team/app:1.0"];
    await updater.run([app, application({ namespace: "team-a", annotations, live })]);
    const places = logger.entries
      .filter(({ fields }) => fields["application"] === "web")
      .map(({ fields }) => fields["application_namespace"]);
    expect(new Set(places)).toEqual(new Set([undefined, "team-a"]));
    expect(places.filter((place) => place === "team-a")).toHaveLength(places.length / 2);
  });

  it("has the failures as errors", async () => {
    const { updater, logger } = createWorld({
      registry,
      gitFaults: [{ on: "write", behave: "rejected" }],
    });
    await updater.run([app, application({ name: "api", annotations, live: [] })]);
    const errors = logger.entries.filter(({ level }) => level === "error");
    expect(errors).toEqual([
      {
        level: "error",
        fields: { application: "web" },
        message:
          "Could not update application spec: https://git.example.com/team/apps.git refuses the write: rejected",
      },
    ]);
  });
});

describe("the observer of a cycle", () => {
  it("is told of everything", async () => {
    const events: ObservedEvent[] = [];
    const observer = { observe: (event: ObservedEvent) => void events.push(event) };
    const { updater } = createWorld({ registry, settings: { observer } });
    await updater.run([app]);
    expect(events).toEqual([
      { kind: "cycle-started", applications: 1 },
      { kind: "registry-read", host: "ghcr.io", failed: false },
      { kind: "image-decided", application: "argocd/web", outcome: "update" },
      { kind: "change-written", application: "argocd/web", result: "written" },
      { kind: "cycle-ended", errors: 0 },
    ]);
  });
});
