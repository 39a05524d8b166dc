import { describe, playApplication, REPOSITORY, type Scene } from "../play-application.js";
import { fieldsOf, textOf, textsOf, type Checks, type Finding, type Trial } from "../trial.js";
import { all } from "./lists.js";

/** Trials about where a decision is written, and whether Argo CD would read it there. */
export const applicationChecks: Checks = {
  async "hub-library"({ input }): Promise<Finding> {
    const { imageList, running, tags } = fieldsOf(input);
    const scene: Scene = {
      annotations: { "image-list": textOf(imageList) },
      live: [textOf(running)],
      images: { "library/postgres": textsOf(tags) },
      files: { "k/kustomization.yaml": "resources: []\n" },
    };
    const override = await playApplication(scene);
    const file = await playApplication({
      ...scene,
      annotations: { ...scene.annotations, "write-back-target": "kustomization" },
    });
    const patched = await playApplication({
      ...scene,
      annotations: { ...scene.annotations, "write-back-method": "argocd" },
    });
    const texts = [
      override.git.file(REPOSITORY, "main", "k/.argocd-source-shop.yaml") ?? "",
      file.git.file(REPOSITORY, "main", "k/kustomization.yaml") ?? "",
      JSON.stringify(patched.plan.change?.edits ?? []),
    ];
    const right = texts.every((text) => text.includes("docker.io/library/postgres"));
    return { right, now: texts.join(" | ").replaceAll("\n", "\\n") };
  },
  async "two-images-one-place"({ entry }): Promise<Finding> {
    const live = textsOf(entry["live"]);
    const images = Object.fromEntries(
      Object.entries(fieldsOf(entry["registry"])).map(([path, tags]) => [path, textsOf(tags)]),
    );
    const found = await Promise.all(
      variantsOf(entry).map(async (variant) => {
        const annotations = textFields(variant["annotations"]);
        const isKustomize = annotations["write-back-target"] === "kustomization";
        const before = textOf(variant["before"]);
        const path = isKustomize ? "k/kustomization.yaml" : "k/values.yaml";
        const played = await playApplication({
          annotations,
          live,
          images,
          type: isKustomize ? "Kustomize" : "Helm",
          files: before === "" ? {} : { [path]: before },
        });
        const errors = played.diagnostics.filter(({ severity }) => severity === "error");
        const named = errors.map(({ message, where }) => `${where.image} ${message}`).join(" ");
        const right =
          played.written.length === 0 && /backend/u.test(named) && /frontend/u.test(named);
        return { right, now: `${textOf(variant["name"])}: ${describe(played)}` };
      }),
    );
    return all(found);
  },
  async "values-written-but-hidden"({ entry }): Promise<Finding> {
    const found = await Promise.all(
      variantsOf(entry).map(async (variant) => {
        const played = await playApplication({
          annotations: {
            "image-list": "x=reg.example/o/x",
            "x.helm.image-tag": "image.tag",
            "write-back-target": textOf(variant["target"]),
          },
          type: "Helm",
          live: ["reg.example/o/x:1.0.0"],
          images: { "o/x": ["1.0.0", "1.1.0"] },
          source: fieldsOf(variant["source"]),
          files: {
            "helm-chart/Chart.yaml": "apiVersion: v2\nname: x\nversion: 0.1.0\n",
            "helm-chart/values.yaml": "image:\n  tag: 1.0.0\n",
            "other/values.yaml": "image:\n  tag: 1.0.0\n",
            "environments/dev/values.yaml": "image:\n  tag: 1.0.0\n",
          },
        });
        const right = played.diagnostics.length > 0 || played.plan.error !== undefined;
        return { right, now: `${textOf(variant["name"])}: ${describe(played)}` };
      }),
    );
    return all(found);
  },
  async "git-repository-other-spelling"({ entry }): Promise<Finding> {
    const { annotations, sources } = fieldsOf(entry["input"]);
    const [chart, values] = Array.isArray(sources) ? [...sources] : [];
    const urls = [
      "https://git.example/o/r",
      "https://git.example/o/r.git",
      "https://git.example/o/r/",
      "https://GIT.example/o/r",
      "git@git.example:o/r.git",
    ];
    const found = await Promise.all(
      urls.map(async (repoURL) => {
        const played = await playApplication({
          annotations: {
            ...textFields(annotations),
            "image-list": "x=reg.example/o/x",
            "x.helm.image-tag": "image.tag",
          },
          type: "Helm",
          live: ["reg.example/o/x:1.0.0"],
          images: { "o/x": ["1.0.0", "1.1.0"] },
          sources: [chart, { ...fieldsOf(values), repoURL }],
        });
        const base = played.plan.change?.location?.base;
        return { right: base === "trunk", now: `${repoURL}: branch ${String(base)}` };
      }),
    );
    return all(found);
  },
  async "write-back-target-bare-word"({ entry }): Promise<Finding> {
    const found = await Promise.all(
      variantsOf(entry).map(async (variant) => {
        const target = textOf(variant["write-back-target"]);
        const played = await playApplication({
          annotations: { "image-list": "x=reg.example/o/x", "write-back-target": target },
          live: ["reg.example/o/x:1.0.0"],
          images: { "o/x": ["1.0.0", "1.1.0"] },
        });
        const isSaid = played.diagnostics.some(({ message }) => message.includes(`"${target}"`));
        return { right: isSaid, now: `${target}: ${describe(played)}` };
      }),
    );
    return all(found);
  },
};

function variantsOf(entry: Trial["entry"]): readonly Readonly<Record<string, unknown>>[] {
  const variants: unknown = entry["variants"];
  return Array.isArray(variants) ? variants.map((variant: unknown) => fieldsOf(variant)) : [];
}

/** Annotations without the prefix, where they have it. */
function textFields(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(fieldsOf(value)).map(([key, text]) => [
      key.replace("argocd-image-updater.argoproj.io/", ""),
      textOf(text),
    ]),
  );
}
