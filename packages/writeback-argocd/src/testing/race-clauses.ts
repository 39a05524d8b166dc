import type { Clock } from "@image-updater/core";
import {
  application,
  assertManifest,
  assertSame,
  changeOf,
  helm,
  manifestOf,
  outcomeOf,
  parameter,
  withRace,
  writeBackOver,
  type Manifest,
  type WriteClause,
} from "./write-clause.js";

const CHART = { repoURL: "https://charts.example.com", chart: "web", targetRevision: "1.0.0" };
const FOLDER = { repoURL: "https://git.example.com/apps.git", path: "web" };
const TAG = parameter("image.tag", "1.0");
const NEW = parameter("image.tag", "1.1");
const OTHER = parameter("replicas", "3");
const THIRD = parameter("mode", "fast");

/** What somebody else does between our reading and our patch, and what stands in the end. */
interface Race {
  readonly name: string;
  readonly before: object;
  readonly theirs: object;
  readonly after: object;
}

const RACES: readonly Race[] = [
  {
    name: "creates the block",
    before: CHART,
    theirs: { ...CHART, helm: { valueFiles: ["prod.yaml"] } },
    after: { ...CHART, helm: { valueFiles: ["prod.yaml"], parameters: [NEW] } },
  },
  {
    name: "creates the list",
    before: { ...CHART, helm: { releaseName: "web" } },
    theirs: { ...CHART, helm: { releaseName: "web", parameters: [OTHER] } },
    after: { ...CHART, helm: { releaseName: "web", parameters: [OTHER, NEW] } },
  },
  {
    name: "appends the same parameter",
    before: { ...CHART, helm: { parameters: [OTHER] } },
    theirs: { ...CHART, helm: { parameters: [OTHER, TAG] } },
    after: { ...CHART, helm: { parameters: [OTHER, NEW] } },
  },
  {
    name: "reorders the list",
    before: { ...CHART, helm: { parameters: [TAG, OTHER] } },
    theirs: { ...CHART, helm: { parameters: [OTHER, TAG] } },
    after: { ...CHART, helm: { parameters: [OTHER, NEW] } },
  },
  {
    name: "inserts before our parameter and changes another",
    before: { ...CHART, helm: { parameters: [OTHER, TAG] } },
    theirs: { ...CHART, helm: { parameters: [parameter("replicas", "5"), THIRD, TAG] } },
    after: { ...CHART, helm: { parameters: [parameter("replicas", "5"), THIRD, NEW] } },
  },
  {
    name: "removes our parameter",
    before: { ...CHART, helm: { parameters: [OTHER, TAG] } },
    theirs: { ...CHART, helm: { parameters: [OTHER] } },
    after: { ...CHART, helm: { parameters: [OTHER, NEW] } },
  },
  {
    name: "removes the block",
    before: { ...CHART, helm: { parameters: [TAG] } },
    theirs: CHART,
    after: { ...CHART, helm: { parameters: [NEW] } },
  },
  {
    name: "changes fields that are none of ours",
    before: { ...CHART, helm: { parameters: [TAG] } },
    theirs: { ...CHART, targetRevision: "2.0.0", helm: { parameters: [TAG], skipCrds: true } },
    after: { ...CHART, targetRevision: "2.0.0", helm: { parameters: [NEW], skipCrds: true } },
  },
];

const SOURCES = [
  { ...FOLDER, helm: { parameters: [parameter("image.tag", "1.0")] } },
  { ...CHART, helm: { parameters: [parameter("image.tag", "1.0"), OTHER] } },
];
const [FIRST = {}] = SOURCES;

/** What others do at the same moment, and that nothing of either side is lost. */
export const raceClauses: readonly WriteClause[] = [
  ...RACES.map(({ name, before, theirs, after }): WriteClause => ({
    name: `loses nothing when somebody else ${name}`,
    applications: [application("web", before)],
    async check({ client, read, edit }): Promise<void> {
      const labels = { team: "b" };
      const racing = withRace(client, () =>
        edit("web", (manifest) => put(manifest, theirs, labels)),
      );
      const wanted = changeOf("web", helm(["image.tag", "1.1"]));
      const results = await writeBackOver(racing).write([wanted]);
      assertSame(results.map(outcomeOf), ["written"], "results");
      assertManifest(await read("web"), application("web", after, { labels }), "web");
    },
  })),
  {
    name: "follows its source when somebody else reorders them",
    applications: [manifestOf("web", { sources: SOURCES })],
    async check({ client, read, edit }): Promise<void> {
      const reordered = [...SOURCES.toReversed(), { ...FOLDER, ref: "values" }];
      const racing = withRace(client, () =>
        edit("web", (manifest) => sources(manifest, reordered)),
      );
      const wanted = changeOf("web", helm(["image.tag", "1.1"]), "/spec/sources/1");
      const results = await writeBackOver(racing).write([wanted]);
      assertSame(results.map(outcomeOf), ["written"], "results");
      const chart = { ...CHART, helm: { parameters: [NEW, OTHER] } };
      const expected = { sources: [chart, FIRST, { ...FOLDER, ref: "values" }] };
      assertManifest(await read("web"), manifestOf("web", expected), "web");
    },
  },
  {
    name: "writes nowhere when somebody else removes its source",
    applications: [manifestOf("web", { sources: SOURCES })],
    async check({ client, read, edit }): Promise<void> {
      const racing = withRace(client, () => edit("web", (manifest) => sources(manifest, [FIRST])));
      const wanted = changeOf("web", helm(["image.tag", "1.1"]), "/spec/sources/1");
      const results = await writeBackOver(racing).write([wanted]);
      assertSame(results.map(outcomeOf), ["not-found"], "results");
      assertManifest(await read("web"), manifestOf("web", { sources: [FIRST] }), "web");
    },
  },
  {
    name: "loses nothing while somebody else edits all the time",
    applications: [application("web", CHART)],
    async check({ client, read, edit }): Promise<void> {
      const target = writeBackOver(client);
      const numbers = Array.from({ length: 10 }, (_, number) => number);
      const ours = async (): Promise<void> => {
        for (const number of numbers) {
          const values = helm(["image.tag", `1.${number}`], [`ours${number}`, "1"]);
          const results = await target.write([changeOf("web", values)]);
          assertSame(results.map(outcomeOf), ["written"], `write ${number}`);
        }
      };
      const theirs = async (): Promise<void> => {
        for (const number of [...numbers, ...numbers.map((one) => one + 10)]) {
          await edit("web", (manifest) => label(manifest, `theirs${number}`));
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      };
      await Promise.all([ours(), theirs()]);
      const parameters = [
        parameter("image.tag", "1.9"),
        parameter("ours0", "1"),
        ...numbers.slice(1).map((number) => parameter(`ours${number}`, "1")),
      ];
      const names = Array.from({ length: 20 }, (_, number) => [`theirs${number}`, "x"]);
      const labels = { team: "a", ...Object.fromEntries(names) };
      const expected = application("web", { ...CHART, helm: { parameters } }, { labels });
      assertManifest(await read("web"), expected, "web");
    },
  },
  {
    name: "says conflict when others are faster until the deadline",
    applications: [application("web", CHART)],
    async check({ client, read, edit }): Promise<void> {
      const touch = (): Promise<unknown> => edit("web", (manifest) => put(manifest, CHART, {}));
      const racing = withRace(client, touch, Number.POSITIVE_INFINITY);
      const target = writeBackOver(racing, {
        clock: clockOfPauses(),
        deadlineMs: 10_000,
        random: () => 1,
      });
      const results = await target.write([changeOf("web", helm(["image.tag", "1.1"]))]);
      assertSame(results.map(outcomeOf), ["conflict"], "results");
      assertManifest(await read("web"), application("web", CHART, { labels: {} }), "web");
    },
  },
];

/** A clock that moves on by pauses alone, which are over at once: no call is too slow for it. */
function clockOfPauses(): Clock {
  let time = 0;
  return {
    now: () => new Date(time),
    delay: async (ms, signal) => {
      // As long as that only calls may take, which end it.
      if (ms < 10_000) time += ms;
      else await new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve()));
    },
  };
}

function put(manifest: Manifest, source: object, labels: object): object {
  const metadata = { ...manifest.metadata, labels };
  return { ...manifest, metadata, spec: { ...manifest.spec, source } };
}

function label(manifest: Manifest, name: string): object {
  const { labels } = manifest.metadata;
  const all = { ...(typeof labels === "object" ? labels : {}), [name]: "x" };
  return { ...manifest, metadata: { ...manifest.metadata, labels: all } };
}

function sources(manifest: Manifest, list: readonly object[]): object {
  return { ...manifest, spec: { ...manifest.spec, sources: list } };
}
