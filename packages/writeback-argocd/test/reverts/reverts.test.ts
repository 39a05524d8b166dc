import {
  ApplicationError,
  type ApplicationClient,
  type ArgoCdSourceChanges,
  type WriteBackTarget,
} from "@image-updater/core";
import { createArgoCdWriteBack, type RevertSettings } from "@image-updater/writeback-argocd";
import type { ApplicationsUnderTest } from "@image-updater/writeback-argocd/testing";
import { describe, expect, it } from "vitest";
import { memoryApplications, steppingClock } from "../support/applications.js";
import { changeOf, helmChange, manifest } from "../support/manifests.js";

const DAY_MS = 24 * 60 * 60 * 1000;

interface Fight {
  readonly subject: ApplicationsUnderTest;
  readonly target: WriteBackTarget;
  readonly clock: ReturnType<typeof steppingClock>;
  /** `written`, `unchanged`, or the code of the failure. */
  write(changes: ArgoCdSourceChanges): Promise<string>;
  message(changes: ArgoCdSourceChanges): Promise<string>;
  /** The owner puts its template in place. */
  putBack(source?: object): Promise<unknown>;
}

async function fight(
  settings: RevertSettings = {},
  metadata: object = {},
  source?: object,
): Promise<Fight> {
  const template = manifest("web", source, metadata) as { readonly spec: { source: object } };
  const subject = await memoryApplications([template]);
  const clock = steppingClock();
  const target = createArgoCdWriteBack({ applications: subject.client, clock, reverts: settings });
  const run = async (changes: ArgoCdSourceChanges): Promise<{ code: string; message: string }> => {
    const [result] = await target.write([changeOf("web", changes)]);
    if (result?.kind === "failed") return result.error;
    return { code: result?.kind ?? "missing", message: "" };
  };
  return {
    subject,
    target,
    clock,
    write: async (changes) => (await run(changes)).code,
    message: async (changes) => (await run(changes)).message,
    putBack: (other = template.spec.source) =>
      subject.edit("web", (now) => ({ ...now, spec: { ...now.spec, source: other } })),
  };
}

async function lose(given: Fight, changes: ArgoCdSourceChanges): Promise<string> {
  const outcome = await given.write(changes);
  await given.putBack();
  return outcome;
}

const NEW = helmChange("1.1");
const NEWER = helmChange("1.2");

describe("a value that is put back", () => {
  it("is written no more after the second time, however often it is wanted", async () => {
    const given = await fight();
    expect(await lose(given, NEW)).toBe("written");
    expect(await lose(given, NEW)).toBe("written");
    expect(await given.write(NEW)).toBe("reverted");
    expect(await given.write(NEW)).toBe("reverted");
    expect(await given.message(NEW)).toContain("2 times");
  });

  it("is written once more with another value, and then no more", async () => {
    const given = await fight();
    await lose(given, NEW);
    await lose(given, NEW);
    expect(await given.write(NEW)).toBe("reverted");
    expect(await lose(given, NEWER)).toBe("written");
    expect(await given.write(NEWER)).toBe("reverted");
    expect(await given.message(NEWER)).toContain("3 times");
  });

  it.each([
    [1, 1],
    [2, 2],
    [4, 4],
  ])("is written as often as the setting %i says", async (limit, writes) => {
    const given = await fight({ limit });
    const outcomes: string[] = [];
    for (let time = 0; time <= writes; time += 1) outcomes.push(await lose(given, NEW));
    expect(outcomes).toEqual([...Array.from({ length: writes }, () => "written"), "reverted"]);
  });

  it("is tried again after a day", async () => {
    const given = await fight();
    await lose(given, NEW);
    await lose(given, NEW);
    expect(await given.write(NEW)).toBe("reverted");
    given.clock.advance(DAY_MS);
    expect(await given.write(NEW)).toBe("reverted");
    given.clock.advance(60_000);
    expect(await lose(given, NEW)).toBe("written");
    expect(await lose(given, NEW)).toBe("written");
    expect(await given.write(NEW)).toBe("reverted");
  });

  it("is not a fight when it stands, when it stands again, or when others write a third value", async () => {
    const given = await fight();
    await lose(given, NEW);
    expect(await given.write(NEW)).toBe("written");
    expect(await given.write(NEW)).toBe("unchanged");
    for (const tag of ["2.0", "2.1", "2.2"]) {
      const parameters = [{ name: "image.tag", value: tag, forceString: true }];
      await given.putBack({ repoURL: "r", helm: { parameters } });
      expect(await given.write(NEW)).toBe("written");
    }
  });

  it("counts once, however often its write is refused in between", async () => {
    const subject = await memoryApplications([manifest("web")]);
    let isRefused = false;
    const client: ApplicationClient = {
      ...subject.client,
      patch: (...given) => {
        const error = new ApplicationError("rejected", "no", { application: "argocd/web" });
        return isRefused ? Promise.reject(error) : subject.client.patch(...given);
      },
    };
    const reverts = { limit: 2 };
    const target = createArgoCdWriteBack({ applications: client, clock: steppingClock(), reverts });
    const write = async (): Promise<unknown> => (await target.write([changeOf("web", NEW)]))[0];
    await write();
    await subject.edit("web", (now) => ({
      ...now,
      spec: { ...now.spec, source: sourceOf("web") },
    }));
    isRefused = true;
    for (let time = 0; time < 3; time += 1) {
      expect(await write()).toMatchObject({ error: { code: "rejected" } });
    }
    isRefused = false;
    expect(await write()).toMatchObject({ kind: "written" });
  });

  it("is another Application's business alone", async () => {
    const subject = await memoryApplications([manifest("web"), manifest("api")]);
    const clock = steppingClock();
    const target = createArgoCdWriteBack({ applications: subject.client, clock });
    for (let time = 0; time < 3; time += 1) {
      await target.write([changeOf("web", NEW)]);
      await subject.edit("web", (now) => ({
        ...now,
        spec: { ...now.spec, source: sourceOf("web") },
      }));
    }
    const results = await target.write([changeOf("web", NEW), changeOf("api", NEW)]);
    expect(results).toMatchObject([{ error: { code: "reverted" } }, { kind: "written" }]);
  });
});

function sourceOf(name: string): object {
  return (manifest(name) as { spec: { source: object } }).spec.source;
}

describe.each<[string, object, ArgoCdSourceChanges, string]>([
  ["a parameter that is added", {}, NEW, "image.tag"],
  [
    "forceString",
    { helm: { parameters: [{ name: "image.tag", value: "1.1" }] } },
    NEW,
    "image.tag",
  ],
  [
    "a Kustomize image",
    { kustomize: { images: ["ghcr.io/a/web:1.0"] } },
    { kustomize: { images: ["ghcr.io/a/web:1.1"] } },
    "ghcr.io/a/web",
  ],
  [
    "a Kustomize image with an alias that is added",
    { kustomize: { images: ["db:5"] } },
    { kustomize: { images: ["web=ghcr.io/a/web:1.1"] } },
    "web",
  ],
  [
    "a variable of a plugin",
    { plugin: { env: [{ name: "TAG", value: "1" }] } },
    { plugin: { env: [{ name: "TAG", value: "2" }] } },
    "TAG",
  ],
])("a fight over %s", (_title, source, changes, name) => {
  it("ends, and the message names it", async () => {
    const given = await fight({}, {}, source);
    expect(await lose(given, changes)).toBe("written");
    expect(await lose(given, changes)).toBe("written");
    expect(await given.write(changes)).toBe("reverted");
    expect(await given.message(changes)).toContain(`argocd/web: ${name} was put back 2 times`);
  });
});

describe("the message", () => {
  const set = { apiVersion: "argoproj.io/v1alpha1", kind: "ApplicationSet", name: "webs" };
  it.each([
    [
      "an ApplicationSet",
      { ownerReferences: [set] },
      ['ApplicationSet "webs"', "ignoreApplicationDifferences"],
    ],
    [
      "an app-of-apps",
      {
        annotations: {
          "argocd.argoproj.io/tracking-id": "root:argoproj.io/Application:argocd/web",
        },
      },
      ['Application "root"', "RespectIgnoreDifferences=true"],
    ],
    ["nobody", {}, ["something else", "Find out who"]],
  ])("names %s, and says what to do", async (_title, metadata, words) => {
    const given = await fight({ limit: 1 }, metadata);
    await lose(given, NEW);
    const message = await given.message(NEW);
    for (const word of [...words, "/spec/source/helm/parameters", "method git"]) {
      expect(message).toContain(word);
    }
  });
});

describe("what is remembered", () => {
  it("is bounded: the Application that was not written for longest goes first", async () => {
    const names = ["a", "b", "c"];
    const subject = await memoryApplications(names.map((name) => manifest(name)));
    const target = createArgoCdWriteBack({
      applications: subject.client,
      clock: steppingClock(),
      reverts: { limit: 1, maxApplications: 2 },
    });
    for (const name of ["a", "b"]) await target.write([changeOf(name, NEW)]);
    await target.write([changeOf("a", helmChange("7", "replicas"))]);
    await target.write([changeOf("c", NEW)]);
    for (const name of names) {
      await subject.edit(name, (now) => ({
        ...now,
        spec: { ...now.spec, source: sourceOf(name) },
      }));
    }
    const results = await target.write(["c", "a", "b"].map((name) => changeOf(name, NEW)));
    expect(results).toMatchObject([
      { error: { code: "reverted" } },
      { error: { code: "reverted" } },
      { kind: "written" },
    ]);
  });

  it("includes a patch whose answer was lost", async () => {
    const subject = await memoryApplications([manifest("web")]);
    let isLost = true;
    const target = createArgoCdWriteBack({
      applications: {
        ...subject.client,
        async patch(...given) {
          const answer = await subject.client.patch(...given);
          if (!isLost) return answer;
          isLost = false;
          throw new TypeError("broken");
        },
      },
      clock: steppingClock(),
      reverts: { limit: 1 },
    });
    expect(await target.write([changeOf("web", NEW)])).toMatchObject([{ kind: "written" }]);
    await subject.edit("web", (now) => ({
      ...now,
      spec: { ...now.spec, source: sourceOf("web") },
    }));
    expect(await target.write([changeOf("web", NEW)])).toMatchObject([
      { error: { code: "reverted" } },
    ]);
  });
});
