import type { ArgoCdSourceChanges } from "@image-updater/core";
import {
  application,
  assertManifest,
  assertSame,
  changeOf,
  helm,
  manifestOf,
  outcomeOf,
  parameter,
  versionIn,
  writeBackOver,
  type WriteClause,
} from "./write-clause.js";

/** One source before and after its change. */
interface WriteCase {
  readonly name: string;
  readonly before: object;
  readonly changes: ArgoCdSourceChanges;
  readonly after: object;
}

const CHART = { repoURL: "https://charts.example.com", chart: "web", targetRevision: "1.0.0" };
const FOLDER = { repoURL: "https://git.example.com/apps.git", path: "web" };
const OTHER = { name: "replicas", value: "3" };
const DIGEST = `sha256:${"ab".repeat(32)}`;

const WRITES: readonly WriteCase[] = [
  {
    name: "Helm parameters for name and tag, and leaves the others",
    before: {
      ...CHART,
      helm: {
        valueFiles: ["values.yaml"],
        parameters: [
          OTHER,
          parameter("image.name", "quay.io/a/web"),
          parameter("image.tag", "1.0"),
        ],
      },
    },
    changes: helm(["image.name", "ghcr.io/a/web"], ["image.tag", `1.1@${DIGEST}`]),
    after: {
      ...CHART,
      helm: {
        valueFiles: ["values.yaml"],
        parameters: [
          OTHER,
          parameter("image.name", "ghcr.io/a/web"),
          parameter("image.tag", `1.1@${DIGEST}`),
        ],
      },
    },
  },
  {
    name: "a Helm parameter that holds the whole reference, into a block that is not there yet",
    before: CHART,
    changes: helm(["image", "ghcr.io/a/web:1.1"]),
    after: { ...CHART, helm: { parameters: [parameter("image", "ghcr.io/a/web:1.1")] } },
  },
  {
    name: "a Helm parameter into a block without a list",
    before: { ...CHART, helm: { releaseName: "web" } },
    changes: helm(["image.tag", "1.10"]),
    after: { ...CHART, helm: { releaseName: "web", parameters: [parameter("image.tag", "1.10")] } },
  },
  {
    name: "forceString beside a value that stays",
    before: { ...CHART, helm: { parameters: [{ name: "image.tag", value: "1.10" }, OTHER] } },
    changes: helm(["image.tag", "1.10"]),
    after: { ...CHART, helm: { parameters: [parameter("image.tag", "1.10"), OTHER] } },
  },
  {
    name: "a Kustomize image under its alias, with tag and digest, and another one beside it",
    before: {
      ...FOLDER,
      kustomize: { namePrefix: "a-", images: ["db:5", "web=ghcr.io/a/web:1.0"] },
    },
    changes: { kustomize: { images: [`web=ghcr.io/a/web:1.1@${DIGEST}`, "ghcr.io/a/job:2"] } },
    after: {
      ...FOLDER,
      kustomize: {
        namePrefix: "a-",
        images: ["db:5", `web=ghcr.io/a/web:1.1@${DIGEST}`, "ghcr.io/a/job:2"],
      },
    },
  },
  {
    name: "a Kustomize image into a source without a block",
    before: FOLDER,
    changes: { kustomize: { images: ["ghcr.io/a/web:1.1"] } },
    after: { ...FOLDER, kustomize: { images: ["ghcr.io/a/web:1.1"] } },
  },
  {
    name: "variables of a plugin",
    before: {
      ...FOLDER,
      plugin: { name: "cue", env: [{ name: "TAG", value: "1.0" }, OTHER] },
    },
    changes: {
      plugin: {
        env: [
          { name: "TAG", value: "1.1" },
          { name: "NAME", value: "ghcr.io/a/web" },
        ],
      },
    },
    after: {
      ...FOLDER,
      plugin: {
        name: "cue",
        env: [{ name: "TAG", value: "1.1" }, OTHER, { name: "NAME", value: "ghcr.io/a/web" }],
      },
    },
  },
];

/** What is written, and that nothing else is. */
export const writeClauses: readonly WriteClause[] = [
  ...WRITES.map(({ name, before, changes, after }): WriteClause => ({
    name: `writes ${name}`,
    applications: [application("web", before)],
    async check({ client, read }): Promise<void> {
      const [result] = await writeBackOver(client).write([changeOf("web", changes)]);
      const manifest = await read("web");
      assertManifest(manifest, application("web", after), "web");
      const revision = versionIn(manifest);
      assertSame(result, { kind: "written", revision, paths: [] }, "result");
    },
  })),
  {
    name: "writes into the source that is meant, where there are several",
    applications: [manifestOf("web", { sources: [FOLDER, CHART, { ...FOLDER, ref: "values" }] })],
    async check({ client, read }): Promise<void> {
      const wanted = changeOf("web", helm(["image.tag", "1.1"]), "/spec/sources/1");
      assertSame(
        (await writeBackOver(client).write([wanted])).map(outcomeOf),
        ["written"],
        "result",
      );
      const chart = { ...CHART, helm: { parameters: [parameter("image.tag", "1.1")] } };
      const sources = [FOLDER, chart, { ...FOLDER, ref: "values" }];
      assertManifest(await read("web"), manifestOf("web", { sources }), "web");
    },
  },
  {
    name: "writes into the dry source of a hydrator",
    applications: [manifestOf("web", hydrator({ ...FOLDER, helm: { releaseName: "web" } }))],
    async check({ client, read }): Promise<void> {
      const pointer = "/spec/sourceHydrator/drySource";
      const wanted = changeOf("web", helm(["image.tag", "1.1"]), pointer);
      assertSame(
        (await writeBackOver(client).write([wanted])).map(outcomeOf),
        ["written"],
        "result",
      );
      const block = { releaseName: "web", parameters: [parameter("image.tag", "1.1")] };
      const expected = manifestOf("web", hydrator({ ...FOLDER, helm: block }));
      assertManifest(await read("web"), expected, "web");
    },
  },
  {
    name: "writes nothing when nothing changes",
    applications: [application("web", { ...CHART, helm: { parameters: [parameter("tag", "1")] } })],
    async check({ client, read }): Promise<void> {
      const before = versionIn(await read("web"));
      const results = await writeBackOver(client).write([changeOf("web", helm(["tag", "1"]))]);
      assertSame(results, [{ kind: "unchanged" }], "results");
      assertSame(versionIn(await read("web")), before, "resource version");
    },
  },
  {
    name: "answers one result per change, in order, and lets one fail alone",
    applications: [application("web", CHART), application("api", CHART)],
    async check({ client, read }): Promise<void> {
      const results = await writeBackOver(client).write([
        changeOf("web", helm(["tag", "1"])),
        changeOf("missing", helm(["tag", "1"])),
        changeOf("web", helm(["tag", "1"]), "/spec/sources/0"),
        changeOf("api", helm(["tag", "2"])),
      ]);
      const outcomes = ["written", "not-found", "not-found", "written"];
      assertSame(results.map(outcomeOf), outcomes, "results");
      const after = { ...CHART, helm: { parameters: [parameter("tag", "2")] } };
      assertManifest(await read("api"), application("api", after), "api");
    },
  },
  {
    name: "writes several changes of one Application one after the other",
    applications: [application("web", CHART)],
    async check({ client, read }): Promise<void> {
      const target = writeBackOver(client);
      const names = ["a", "b", "c", "d"];
      const [first, second] = await Promise.all([
        target.write(names.map((name) => changeOf("web", helm([name, "1"])))),
        target.write([changeOf("web", helm(["e", "1"]))]),
      ]);
      const outcomes = [...first, ...second].map(outcomeOf);
      assertSame(
        outcomes,
        Array.from({ length: 5 }, () => "written"),
        "results",
      );
      const parameters = [...names, "e"].map((name) => parameter(name, "1"));
      assertManifest(
        await read("web"),
        application("web", { ...CHART, helm: { parameters } }),
        "web",
      );
    },
  },
  {
    name: "writes nothing with a signal that is aborted already",
    applications: [application("web", CHART)],
    async check({ client, read }): Promise<void> {
      const wanted = changeOf("web", helm(["tag", "1"]));
      const signal = AbortSignal.abort();
      const results = await writeBackOver(client).write([wanted], { signal });
      assertSame(results.map(outcomeOf), ["cancelled"], "results");
      assertManifest(await read("web"), application("web", CHART), "web");
    },
  },
];

function hydrator(drySource: object): object {
  return { project: "default", sourceHydrator: { drySource, syncSource: { path: "out" } } };
}
