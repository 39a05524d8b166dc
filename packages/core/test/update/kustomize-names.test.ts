import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readArgoCdSource } from "../../src/overrides/argocd-source.js";
import {
  readKustomizationImages,
  setKustomizationImages,
} from "../../src/overrides/kustomization.js";
import { kustomizeEntry, parseKustomizeImage } from "../../src/overrides/kustomize-spec.js";
import type { KustomizationImage } from "../../src/ports/edits.js";
import { inMemoryApplications, inMemoryArgoCd } from "../../src/testing/index.js";
import type { ApplicationReport } from "../../src/update/report.js";
import { renderImage, renderWithArgoCd } from "../overrides/kustomize-oracle.js";
import { application, createWorld, manifestOf, OVERRIDE, REPOSITORY } from "./world.js";

const KUSTOMIZATION = "apps/web/kustomization.yaml";

type Target = "argocd" | "override" | "kustomization";

/** A cluster as Kustomize leaves it: a container's image in the manifests, and the entries on the way. */
interface Setup {
  readonly target: Target;
  /** The image as the manifests spell it, with its tag. */
  readonly container: string;
  /** As in `image-list`. */
  readonly image: string;
  readonly kustomizeName?: string;
  /** What stands at the target before. */
  readonly existing: readonly string[];
}

interface Cycle {
  readonly report: ApplicationReport | undefined;
  /** What Argo CD renders an image of the manifests to, once the cycle is over. */
  readonly render: (container: string) => string;
  /** The same before. */
  readonly before: (container: string) => string;
}

const TAGS = ["1.0.0", "1.1.0"];
const registry = { "library/postgres": TAGS, "org/app": TAGS };

async function runCycle({
  target,
  container,
  image,
  kustomizeName,
  existing,
}: Setup): Promise<Cycle> {
  const entries = existing.map(parseKustomizeImage);
  const before = (name: string): string =>
    target === "kustomization" ? renderImage(name, entries) : renderWithArgoCd(name, existing);
  const setup = {
    type: "Kustomize",
    live: [before(container)],
    source: { kustomize: target === "argocd" || target === "override" ? { images: existing } : {} },
    annotations: {
      "image-list": `a=${image}:1.x`,
      ...(kustomizeName === undefined ? {} : { "a.kustomize.image-name": kustomizeName }),
      "write-back-method": target === "argocd" ? "argocd" : "git",
      ...(target === "kustomization" ? { "write-back-target": "kustomization" } : {}),
    },
  } as const;
  const { client } = inMemoryApplications([manifestOf(setup)]);
  const kustomization = setKustomizationImages("resources:\n- app.yaml\n", entries);
  const world = createWorld({
    registry,
    files: { [KUSTOMIZATION]: kustomization },
    targets: [inMemoryArgoCd(client)],
  });
  const { applications } = await world.updater.run([application(setup)]);
  const written = (path: string): string => world.git.file(REPOSITORY, "main", path) ?? "";
  const manifest = await client.get({ namespace: "argocd", name: "web" });
  const listed = (manifest as { spec: { source: { kustomize: { images?: string[] } } } }).spec
    .source;
  const file = readArgoCdSource(written(OVERRIDE)).kustomizeImages;
  const effective = file.length > 0 ? file : (listed.kustomize.images ?? []);
  const render = (name: string): string =>
    target === "kustomization"
      ? renderImage(name, readKustomizationImages(written(KUSTOMIZATION)))
      : renderWithArgoCd(name, effective);
  return { report: applications[0], render, before };
}

/** Spellings that mean one image to the updater, each another name to Kustomize. */
const SPELLINGS = [
  ["postgres", "index.docker.io/postgres", "index.docker.io/library/postgres"],
  ["docker.io/postgres", "docker.io/library/postgres"],
  ["library/postgres"],
  ["org/app", "index.docker.io/org/app"],
  ["docker.io/org/app"],
  ["ghcr.io/org/app"],
];
const NAMES = SPELLINGS.flat();

const targets = fc.constantFrom<Target>("argocd", "override", "kustomization");
const spelled = fc
  .constantFrom(...SPELLINGS)
  .chain((names) => fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names)));

/** Entries for other names: pinned, or replaced by a mirror. */
const foreign = fc.uniqueArray(
  fc.tuple(
    fc.constantFrom(...NAMES),
    fc.constantFrom(":0.9.0", "=mirror.example/m", "=mirror.example/m:0.9.0"),
  ),
  { selector: ([name]) => name, maxLength: 4 },
);

const setups: fc.Arbitrary<Setup> = fc
  .tuple(targets, spelled, foreign, fc.constantFrom("none", "own", "alias"), fc.boolean())
  .map(([target, [image, name], others, place, isNamed]): Setup => {
    const isAliased = place === "alias";
    const rest = others.filter(([other]) => other !== name && other !== image);
    const own = { none: [], own: [`${name}:1.0.0`], alias: [`placeholder=${image}:1.0.0`] }[place];
    const entries = rest.map(([other, what]) => `${other}${what}`);
    return {
      target,
      container: isAliased ? "placeholder:0" : `${name}:1.0.0`,
      image,
      ...(isAliased && isNamed ? { kustomizeName: "placeholder" } : {}),
      existing: [...entries.slice(0, 2), ...own, ...entries.slice(2)],
    };
  });

describe("names for Kustomize", () => {
  it("make the live container run the choice, and leave every other container alone", async () => {
    await fc.assert(
      fc.asyncProperty(setups, async (setup) => {
        const { report, render, before } = await runCycle(setup);
        expect(report?.images[0]?.decision.outcome).toBe("update");
        expect(render(setup.container)).toBe(before(setup.container).replace("1.0.0", "1.1.0"));
        const name = setup.container.replace(/:[^:/]*$/, "");
        for (const other of NAMES) {
          if (other === name || (name === "placeholder" && other === setup.image)) continue;
          expect(render(`${other}:0.1.0`)).toBe(before(`${other}:0.1.0`));
        }
      }),
      { numRuns: 150 },
    );
  });

  const LIBRARY = "docker.io/library/postgres";

  it.each<Target>(["argocd", "override", "kustomization"])(
    "keep library/ for target %s, also beside a short name that was written before",
    async (target) => {
      for (const existing of [[], ["docker.io/postgres:1.1.0"], [`${LIBRARY}:1.0.0`]]) {
        const container = `${LIBRARY}:1.0.0`;
        const { report, render } = await runCycle({ target, container, image: LIBRARY, existing });
        expect(report?.images[0]?.decision.outcome).toBe("update");
        expect(render(container)).toBe(`${LIBRARY}:1.1.0`);
      }
    },
  );

  it("are those of the running containers where image-list spells them otherwise", async () => {
    const container = `${LIBRARY}:1.0.0`;
    const image = "docker.io/postgres";
    const { render } = await runCycle({ target: "argocd", container, image, existing: [] });
    expect(render(container)).toBe(`${LIBRARY}:1.1.0`);
  });

  it("say that the spec is right only where Kustomize takes it so", async () => {
    const setup = (images: readonly string[]): Setup => ({
      target: "argocd",
      container: `${LIBRARY}:1.0.0`,
      image: LIBRARY,
      existing: images,
    });
    // The later of two entries counts; the container runs 1.0.0 by either.
    const { report, render } = await runCycle(setup([`${LIBRARY}:1.1.0`, `${LIBRARY}:1.0.0`]));
    expect(report?.images[0]?.decision.outcome).toBe("update");
    expect(render(`${LIBRARY}:1.0.0`)).toBe(`${LIBRARY}:1.1.0`);
  });

  it("never touch a foreign entry, nor what it is replaced by", async () => {
    const text =
      "images:\n- name: docker.io/org/app\n  newName: mirror.example/app\n  newTag: v1\n";
    const image: KustomizationImage = { name: "org/app", newTag: "2.0.1" };
    expect(setKustomizationImages(text, [image])).toBe(`${text}- name: org/app\n  newTag: 2.0.1\n`);
  });

  it("of an alias keep the image as image-list spells it", () => {
    const entry = kustomizeEntry({ kustomizeName: "db", image: `${LIBRARY}:1.1.0` });
    expect(renderWithArgoCd("db:0", [entry])).toBe(`${LIBRARY}:1.1.0`);
  });
});

describe("a Kustomize application without a status", () => {
  const files = (images: readonly KustomizationImage[]): Record<string, string> => ({
    [KUSTOMIZATION]: setKustomizationImages("resources:\n- app.yaml\n", images),
  });
  const annotations = {
    "write-back-method": "git",
    "write-back-target": "kustomization",
  };
  const app = (image: string): ReturnType<typeof application> =>
    application({
      source: { kustomize: {} },
      annotations: { ...annotations, "image-list": `a=${image}:1.x` },
    });

  it("is updated at the entry that says what runs, as that spells it", async () => {
    const name = "docker.io/library/postgres";
    const world = createWorld({ registry, files: files([{ name, newTag: "1.0.0" }]) });
    await world.updater.run([app("docker.io/postgres")]);
    const text = world.git.file(REPOSITORY, "main", KUSTOMIZATION) ?? "";
    expect(readKustomizationImages(text)).toEqual([{ name, newTag: "1.1.0" }]);
  });

  it("does not take the short name of an image for the one that its manifests spell out", async () => {
    const images = [{ name: "docker.io/postgres", newTag: "1.1.0" }];
    const world = createWorld({ registry, files: files(images) });
    const { applications } = await world.updater.run([app("docker.io/library/postgres")]);
    expect(applications[0]?.images[0]?.decision.outcome).toBe("not-live");
  });
});
