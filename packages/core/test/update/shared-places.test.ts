import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readArgoCdSource } from "../../src/overrides/argocd-source.js";
import { readKustomizationImages } from "../../src/overrides/kustomization.js";
import { inMemoryApplications, inMemoryArgoCd } from "../../src/testing/index.js";
import type { UpdateReport } from "../../src/update/report.js";
import { renderImage, renderWithArgoCd } from "../overrides/kustomize-oracle.js";
import {
  application,
  createWorld,
  manifestOf,
  OVERRIDE,
  REPOSITORY,
  type ApplicationSetup,
} from "./world.js";

const VALUES = "apps/web/values.yaml";
const KUSTOMIZATION = "apps/web/kustomization.yaml";
const GIT = { "write-back-method": "git" };
const HELM = { ...GIT, "write-back-target": "helmvalues" };
const KUSTOMIZE = { ...GIT, "write-back-target": "kustomization" };
const LIST = "backend=reg.example/a/one, frontend=reg.example/a/two";

/** The newest of `one` and `two` differ, those of `one` and `also` agree. */
const registry = {
  "a/one": ["1.0.0", "1.1.0"],
  "a/two": ["2.0.0", "2.1.0"],
  "a/also": ["1.0.0", "1.1.0"],
  "a/good": ["3.0.0", "3.1.0"],
};
const live = ["reg.example/a/one:1.0.0", "reg.example/a/two:2.0.0", "reg.example/a/good:3.0.0"];
const files = {
  [VALUES]:
    "image: {name: reg.example/a/one, tag: 1.0.0}\nb: {name: x, tag: 1}\nf: {name: y, tag: 1}\nglobal: {tag: 1.0.0}\ngood: reg.example/a/good:3.0.0\n",
  [KUSTOMIZATION]: "images:\n- name: app\n  newName: reg.example/a/one\n  newTag: 1.0.0\n",
};

interface Ran {
  readonly report: UpdateReport;
  /** Everything that was written. */
  readonly written: string;
}

async function run(setup: ApplicationSetup, faulty?: string): Promise<Ran> {
  const { client, patches } = applications(setup);
  const { updater, git } = createWorld({
    registry,
    files,
    targets: [inMemoryArgoCd(client)],
    registryFaults:
      faulty === undefined ? [] : [{ on: "tags", repository: faulty, behave: "server-error" }],
  });
  const report = await updater.run([application(setup)]);
  const texts = [OVERRIDE, VALUES, KUSTOMIZATION].map((path) => {
    const text = git.file(REPOSITORY, "main", path) ?? "";
    return text === (files as Record<string, string>)[path] ? "" : text;
  });
  return { report, written: [...texts, JSON.stringify(await patches())].join("\n") };
}

function applications(setup: ApplicationSetup): {
  readonly client: ReturnType<typeof inMemoryApplications>["client"];
  readonly patches: () => Promise<unknown>;
} {
  const { client } = inMemoryApplications([manifestOf(setup)]);
  const patches = async (): Promise<unknown> => {
    const manifest = await client.get({ namespace: "argocd", name: "web" });
    const before = JSON.stringify((manifestOf(setup) as { spec: unknown }).spec);
    const after = JSON.stringify((manifest as { spec: unknown }).spec);
    return before === after ? "" : after;
  };
  return { client, patches };
}

interface Row {
  readonly title: string;
  readonly setup: Omit<ApplicationSetup, "annotations">;
  readonly annotations: Readonly<Record<string, string>>;
  /** Settings of the good image. */
  readonly good: Readonly<Record<string, string>>;
  readonly place: string;
  readonly setting: string;
}

const GOOD_SPEC = { "good.helm.image-spec": "good" };
const own = (name: string): Readonly<Record<string, string>> => ({
  "backend.helm.image-name": "b.name",
  "backend.helm.image-tag": name,
  "frontend.helm.image-name": "f.name",
  "frontend.helm.image-tag": name,
});
const named = (setting: string, value: string): Readonly<Record<string, string>> => ({
  [`backend.${setting}`]: value,
  [`frontend.${setting}`]: value,
});

const helmRows = (
  [
    ["argocd", {}],
    ["the override file", GIT],
    ["a values file", HELM],
  ] as const
).flatMap(([target, annotations]): readonly Row[] => [
  {
    title: `default names, ${target}`,
    setup: {},
    annotations,
    good: GOOD_SPEC,
    place: '"image.name"',
    setting: "helm.image-name",
  },
  {
    title: `a shared tag, ${target}`,
    setup: {},
    annotations: { ...annotations, ...own("global.tag") },
    good: GOOD_SPEC,
    place: '"global.tag"',
    setting: "helm.image-tag",
  },
  {
    title: `equal image-spec, ${target}`,
    setup: {},
    annotations: { ...annotations, ...named("helm.image-spec", "both") },
    good: GOOD_SPEC,
    place: '"both"',
    setting: "helm.image-spec",
  },
  {
    title: `a value in another one's, ${target}`,
    setup: {},
    annotations: { ...annotations, "frontend.helm.image-spec": "image" },
    good: GOOD_SPEC,
    place: '"image"',
    setting: "helm.image-spec",
  },
  {
    title: `an alias with a typo, ${target}`,
    setup: {},
    annotations: {
      ...annotations,
      "frontned.helm.image-name": "f.name",
      "frontned.helm.image-tag": "f.tag",
    },
    good: GOOD_SPEC,
    place: '"image.tag"',
    setting: "argocd-image-updater.argoproj.io/frontned.helm.image-tag",
  },
]);

const kustomizeRows = (
  [
    ["argocd", {}],
    ["the override file", GIT],
    ["a kustomization", KUSTOMIZE],
  ] as const
).map(([target, annotations]): Row => ({
  title: `equal kustomize.image-name, ${target}`,
  setup: { type: "Kustomize", source: { kustomize: {} } },
  annotations: { ...annotations, ...named("kustomize.image-name", "app") },
  good: {},
  place: '"app"',
  setting: "kustomize.image-name",
}));

describe("two images that write one place", () => {
  it.each([...helmRows, ...kustomizeRows])(
    "$title: both are errors, and the others go on",
    async ({ setup, annotations, good, place, setting }) => {
      const all = { "image-list": `${LIST}, good=reg.example/a/good`, ...annotations, ...good };
      const { report, written } = await run({ ...setup, annotations: all, live });

      expect(report.counters).toMatchObject({ imagesConsidered: 3, imagesUpdated: 1, errors: 2 });
      const [ran] = report.applications;
      expect(ran?.images.map(({ outcome }) => outcome)).toEqual(["error", "error", "update"]);
      const reasons = (ran?.images ?? []).slice(0, 2).map(({ decision }) => decision.reason);
      for (const reason of reasons) {
        expect(reason).toMatchObject({ code: "shared-place" });
      }
      const problems = ran?.diagnostics.filter(({ code }) => code === "shared-place") ?? [];
      expect(problems.map(({ severity }) => severity)).toEqual(["error", "error"]);
      for (const { message } of problems) {
        expect(message).toContain("backend (reg.example/a/one)");
        expect(message).toContain("frontend (reg.example/a/two)");
        expect(message).toContain(place);
        expect(message).toContain(setting);
      }
      expect(written).toContain("3.1.0");
      expect(written).not.toMatch(/1\.1\.0|2\.1\.0/);
    },
  );

  it("of a plugin's variables too", async () => {
    const plugin = { name: "IMAGE", tag: "TAG" };
    const app = application({
      type: "Plugin",
      annotations: { "image-list": LIST },
      source: { plugin: { env: [] } },
      live,
    });
    const policies = app.policies.map((policy) => ({ ...policy, targets: { plugin } }));
    const { updater, git } = createWorld({ registry });
    for (const method of ["git", "argocd"] as const) {
      const { writeBack } = app;
      if (writeBack === undefined) throw new Error("no write-back");
      const report = await updater.run([{ ...app, policies, writeBack: { ...writeBack, method } }]);
      expect(report.counters).toMatchObject({ imagesUpdated: 0, errors: 2 });
      expect(report.applications[0]?.diagnostics[0]?.message).toContain(
        'plugin variable "IMAGE", plugin variable "TAG"',
      );
    }
    expect(git.commits).toEqual([]);
  });

  it("write nothing either when one of them is up to date", async () => {
    const running = ["reg.example/a/one:1.1.0", "reg.example/a/two:2.0.0"];
    const annotations = { ...GIT, "image-list": LIST };
    const { report, written } = await run({ annotations, live: running });
    expect(report.counters).toMatchObject({ imagesUpdated: 0, errors: 2 });
    expect(written).not.toContain("a/two");
  });

  it("write nothing either when one of them cannot be decided", async () => {
    const annotations = { ...GIT, "image-list": LIST };
    const { report, written } = await run({ annotations, live }, "a/two");
    expect(report.counters).toMatchObject({ imagesUpdated: 0, errors: 2 });
    expect(report.applications[0]?.images.map(({ decision }) => decision.reason.code)).toEqual([
      "shared-place",
      "facts-failed",
    ]);
    expect(written).not.toContain("a/one");
  });

  it("write nothing either when a cycle is about one of them", async () => {
    const { updater, git } = createWorld({ registry });
    const app = application({ annotations: { ...GIT, "image-list": LIST }, live });
    const report = await updater.run([app], { only: ({ alias }) => alias === "backend" });
    expect(report.counters).toMatchObject({ imagesUpdated: 0, errors: 1 });
    expect(git.commits).toEqual([]);
  });

  it("are warned about while nothing is written, and when one of them does not run", async () => {
    const annotations = { ...GIT, "image-list": LIST };
    const newest = ["reg.example/a/one:1.1.0", "reg.example/a/two:2.1.0"];
    const idle = await run({ annotations, live: newest });
    expect(idle.report.counters).toMatchObject({ imagesUpdated: 0, errors: 0 });
    expect(idle.report.applications[0]?.diagnostics.map(({ severity }) => severity)).toEqual([
      "warning",
      "warning",
    ]);

    const alone = await run({ annotations, live: live.slice(0, 1) });
    expect(alone.report.counters).toMatchObject({ imagesUpdated: 1, errors: 0 });
    expect(
      alone.report.applications[0]?.diagnostics.filter(({ code }) => code === "shared-place"),
    ).toMatchObject([{ severity: "warning", where: { image: "backend (reg.example/a/one)" } }]);
    expect(alone.written).toContain("1.1.0");
  });

  it("go on where they agree: one tag for all, or one image twice", async () => {
    const agreed = {
      ...HELM,
      "image-list": "backend=reg.example/a/one, frontend=reg.example/a/also",
      ...own("global.tag"),
    };
    const running = ["reg.example/a/one:1.0.0", "reg.example/a/also:1.0.0"];
    const shared = await run({ annotations: agreed, live: running });
    expect(shared.report.counters).toMatchObject({ imagesUpdated: 2, errors: 0 });
    expect(shared.written).toContain("global: {tag: 1.1.0}");

    const twice = { ...GIT, "image-list": "x=reg.example/a/one, y=reg.example/a/one" };
    const same = await run({ annotations: twice, live: running });
    expect(same.report.counters).toMatchObject({ imagesUpdated: 2, errors: 0 });
    const differ = { ...GIT, "image-list": "x=reg.example/a/one:1.1.x, y=reg.example/a/one:1.0.x" };
    const apart = await run({ annotations: differ, live: running });
    expect(apart.report.counters).toMatchObject({ imagesUpdated: 0, errors: 2 });
  });

  it.each([
    ["argocd", {}],
    ["the override file", GIT],
    ["a values file", HELM],
  ])(
    "go on where only their tags are named: image.name is left alone, %s",
    async (_title, method) => {
      const annotations = {
        ...method,
        "image-list": LIST,
        "backend.helm.image-tag": "b.tag",
        "frontend.helm.image-tag": "f.tag",
      };
      const source = { helm: { parameters: [{ name: "image.name", value: "own" }] } };
      const { report, written } = await run({ annotations, source, live });
      expect(report.counters).toMatchObject({ imagesUpdated: 2, errors: 0 });
      expect(written).toMatch(/1\.1\.0[^]*2\.1\.0/);
      expect(written).not.toMatch(/reg.example\/a\/two/);

      // An image with the default names keeps them beside one that names its tag only.
      const { "backend.helm.image-tag": _tag, ...mixed } = annotations;
      const beside = await run({ annotations: mixed, live });
      expect(beside.report.counters).toMatchObject({ imagesUpdated: 2, errors: 0 });
      expect(beside.written).toContain("reg.example/a/one");
      expect(beside.written).not.toContain("reg.example/a/two");
    },
  );

  it("one image with one place for its name and its tag is an error", async () => {
    const annotations = {
      ...HELM,
      "image-list": "backend=reg.example/a/one",
      "backend.helm.image-name": "b.tag",
      "backend.helm.image-tag": "b.tag",
    };
    const { report, written } = await run({ annotations, live });
    expect(report.counters).toMatchObject({ imagesUpdated: 0, errors: 1 });
    expect(report.applications[0]?.diagnostics[0]?.message).toContain(
      "helm.image-name, helm.image-tag",
    );
    expect(written.trim()).toBe('""');
  });

  it("says few names, however many images there are", async () => {
    const names = Array.from(
      { length: 300 },
      (_, index) => `i${index}=reg.example/a/one:1.${index % 2}.x`,
    );
    const annotations = { ...GIT, "image-list": names.join(",") };
    const { report } = await run({ annotations, live });
    expect(report.counters).toMatchObject({ imagesUpdated: 0, errors: 300 });
    const longest = report.applications[0]?.diagnostics.map(({ message }) => message.length) ?? [];
    expect(Math.max(...longest)).toBeLessThan(500);
  });
});

describe("any images with any settings", () => {
  const names = fc.constantFrom("", "x.name", "y.name", "x", "x.tag");
  const images = fc.uniqueArray(
    fc.record({
      path: fc.constantFrom("a/one", "a/two", "a/also", "a/good"),
      name: names,
      tag: fc.constantFrom("", "x.tag", "y.tag", "z"),
      spec: fc.constantFrom("", "", "x", "z"),
      kustomize: fc.constantFrom("", "one", "reg.example/a/one", "zero"),
    }),
    { selector: ({ path }) => path, minLength: 1, maxLength: 4 },
  );

  it("never leave one image's value where another one's was meant", async () => {
    await fc.assert(
      fc.asyncProperty(images, fc.constantFrom({}, GIT, HELM), async (list, method) => {
        const settings = list.flatMap(({ name, tag, spec }, index) => [
          ...(name === "" ? [] : [[`i${index}.helm.image-name`, name]]),
          ...(tag === "" ? [] : [[`i${index}.helm.image-tag`, tag]]),
          ...(spec === "" ? [] : [[`i${index}.helm.image-spec`, spec]]),
        ]);
        const annotations = {
          ...method,
          "image-list": list.map(({ path }, index) => `i${index}=reg.example/${path}`).join(","),
          ...Object.fromEntries(settings),
        };
        const running = list.map(({ path }) => `reg.example/${path}:0.1.0`);
        const plan = await createWorld({ registry }).updater.plan([
          application({ annotations, live: running }),
        ]);
        const [planned] = plan.applications;
        const values = (planned?.change?.edits ?? []).flatMap(
          (edit): readonly (readonly [string, string])[] => {
            if (edit.kind === "helm-values")
              return edit.changes.map(({ path, value }) => [path, value]);
            if (edit.kind === "kustomization" || !("helm" in edit.changes)) return [];
            return edit.changes.helm.parameters.map(({ name, value }) => [name, value]);
          },
        );
        const byPlace = new Map<string, string>();
        for (const [place, value] of values) {
          expect(byPlace.get(place) ?? value).toBe(value);
          byPlace.set(place, value);
        }
        expect(byPlace.has("x") && (byPlace.has("x.tag") || byPlace.has("x.name"))).toBe(false);
      }),
      { numRuns: 100 },
    );
  });

  it("make Kustomize render each container as decided, or are errors", async () => {
    await fc.assert(
      fc.asyncProperty(images, fc.constantFrom({}, GIT, KUSTOMIZE), async (list, method) => {
        const settings = list.flatMap(({ kustomize }, index) =>
          kustomize === "" ? [] : [[`i${index}.kustomize.image-name`, kustomize]],
        );
        const annotations = {
          ...method,
          "image-list": list.map(({ path }, index) => `i${index}=reg.example/${path}`).join(","),
          ...Object.fromEntries(settings),
        };
        const running = list.map(({ path }) => `reg.example/${path}:0.1.0`);
        const setup: ApplicationSetup = {
          type: "Kustomize",
          source: { kustomize: {} },
          annotations,
          live: running,
        };
        const { client } = applications(setup);
        const world = createWorld({
          registry,
          files: { [KUSTOMIZATION]: "kind: Kustomization\n" },
          targets: [inMemoryArgoCd(client)],
        });
        const report = await world.updater.run([application(setup)]);
        const text = (path: string): string => world.git.file(REPOSITORY, "main", path) ?? "";
        const manifest = (await client.get({ namespace: "argocd", name: "web" })) as {
          spec: { source: { kustomize: { images?: readonly string[] } } };
        };
        const file = readArgoCdSource(text(OVERRIDE)).kustomizeImages;
        const entries = file.length > 0 ? file : (manifest.spec.source.kustomize.images ?? []);
        const render = (container: string): string =>
          method === KUSTOMIZE
            ? renderImage(container, readKustomizationImages(text(KUSTOMIZATION)))
            : renderWithArgoCd(container, entries);
        for (const [index, { path, kustomize }] of list.entries()) {
          const image = report.applications[0]?.images[index];
          if (image?.outcome !== "update" || report.applications[0]?.error !== undefined) continue;
          const container = kustomize === "" ? `reg.example/${path}` : kustomize;
          expect(render(`${container}:0.1.0`)).toBe(image.newImage);
        }
      }),
      { numRuns: 100 },
    );
  });
});
