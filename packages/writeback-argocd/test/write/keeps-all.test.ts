import type { ArgoCdSourceChanges } from "@image-updater/core";
import { createArgoCdWriteBack } from "@image-updater/writeback-argocd";
import fc from "fast-check";
import { expect, it } from "vitest";
import { apiApplications, memoryApplications, steppingClock } from "../support/applications.js";
import { changeOf } from "../support/manifests.js";
import { runsOf } from "../../../../test/setup/whole.js";

const POINTERS = ["/spec/source", "/spec/sources/1", "/spec/sourceHydrator/drySource"] as const;
const LISTS = { helm: "parameters", plugin: "env", kustomize: "images" } as const;
type Block = keyof typeof LISTS;

const name = fc.constantFrom("image.name", "image.tag", "a/b~c", "x");
const value = fc.constantFrom("1", "1.10", "ghcr.io/a/web", "1.1@sha256:ab");
const item = fc.record({ name, value, note: fc.string() }, { requiredKeys: ["name", "value"] });
const image = fc.constantFrom("ghcr.io/a/web:1", "web=ghcr.io/a/web:2", "db:5", "quay.io/b/job");
const members = fc.dictionary(
  fc.constantFrom("valueFiles", "releaseName", "name", "~1odd/key", "path2"),
  fc.jsonValue(),
);
const block = (kind: Block): fc.Arbitrary<object> =>
  fc
    .tuple(members, fc.option(fc.array<unknown>(kind === "kustomize" ? image : item)))
    .map(([rest, list]) => (list === null ? rest : { ...rest, [LISTS[kind]]: list }));
const source = fc.record(
  {
    repoURL: fc.webUrl(),
    path: fc.string(),
    helm: block("helm"),
    plugin: block("plugin"),
    kustomize: block("kustomize"),
  },
  { requiredKeys: ["repoURL"] },
);
const spec = fc.record({
  source,
  sources: fc.array(source, { minLength: 2, maxLength: 3 }),
  sourceHydrator: fc.record({ drySource: source, syncSource: fc.jsonValue() }),
  destination: fc.jsonValue(),
});
const changes: fc.Arbitrary<ArgoCdSourceChanges> = fc.oneof(
  fc.array(item).map((list) => ({
    helm: {
      parameters: list.map((one) => ({ name: one.name, value: one.value, forceString: true })),
    },
  })),
  fc.array(item).map((list) => ({
    plugin: { env: list.map((one) => ({ name: one.name, value: one.value })) },
  })),
  fc.array(image).map((images) => ({ kustomize: { images } })),
);

/** The document without the list that the change is about, and without its empty parents. */
function without(manifest: unknown, pointer: string, kind: Block): unknown {
  const copy = structuredClone(manifest) as Record<string, unknown>;
  const steps = pointer.split("/").slice(1);
  const found = steps.reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], copy);
  const holder = found as Record<string, Record<string, unknown> | undefined>;
  if (holder[kind] !== undefined) Reflect.deleteProperty(holder[kind], LISTS[kind]);
  if (Object.keys(holder[kind] ?? {}).length === 0) Reflect.deleteProperty(holder, kind);
  return { spec: copy["spec"], labels: (copy["metadata"] as Record<string, unknown>)["labels"] };
}

/** What the list holds besides what is wanted: parameters and variables of other names. */
function others(manifest: unknown, pointer: string, wanted: ArgoCdSourceChanges): unknown {
  if ("kustomize" in wanted) return undefined;
  const kind = "helm" in wanted ? "helm" : "plugin";
  const items = "helm" in wanted ? wanted.helm.parameters : wanted.plugin.env;
  const list = `${pointer}/${kind}/${LISTS[kind]}`
    .split("/")
    .slice(1)
    .reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], manifest);
  const present = (list ?? []) as readonly { readonly name: string }[];
  return present.filter((one) => !items.some((other) => other.name === one.name));
}

it.each([
  ["in memory", memoryApplications, runsOf(300, 60)],
  ["behind the API", apiApplications, runsOf(60, 15)],
] as const)("a write keeps every other field, %s", async (_title, create, numRuns) => {
  await fc.assert(
    fc.asyncProperty(
      spec,
      changes,
      fc.constantFrom(...POINTERS),
      async (given, wanted, pointer) => {
        const manifest = {
          metadata: { name: "web", namespace: "argocd", labels: { a: "b" } },
          spec: given,
        };
        const subject = await create([manifest]);
        try {
          const target = createArgoCdWriteBack({
            applications: subject.client,
            clock: steppingClock(),
          });
          const kind = Object.keys(wanted)[0] as Block;
          const read = await subject.read("web");
          const before = [without(read, pointer, kind), others(read, pointer, wanted)];
          const change = changeOf("web", wanted, pointer);
          const [first] = await target.write([change]);
          expect(first?.kind).not.toBe("failed");
          const now = await subject.read("web");
          expect([without(now, pointer, kind), others(now, pointer, wanted)]).toEqual(before);
          expect((await target.write([change])).map((result) => result.kind)).toEqual([
            "unchanged",
          ]);
        } finally {
          await subject.close();
        }
      },
    ),
    { numRuns },
  );
});
