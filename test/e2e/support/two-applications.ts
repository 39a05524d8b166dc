import type { UpdateReport } from "@image-updater/core";
import type { GitTestServer } from "@image-updater/writeback-git/testing";
import { expect } from "vitest";
import { applicationManifest, type ApplicationManifest } from "./application-manifest.js";
import { overrideFile } from "./override-file.js";
import { chartFiles } from "./render-helm.js";

/** The images of {@link stageTwoApplications}, without tags; both run 1.0.0. */
export interface StagedImages {
  readonly good: string;
  readonly bad: string;
}

/** One application that something is wrong with, and one beside it. */
export interface StagedApplications {
  /** Has the bad image and the good one. */
  readonly mixed: ApplicationManifest;
  /** Has the good image alone. */
  readonly other: ApplicationManifest;
}

/** Makes a repository with two applications on its branch `main`; `annotations` are for `mixed`. */
export async function stageTwoApplications(
  git: GitTestServer,
  repository: string,
  { good, bad }: StagedImages,
  annotations: Readonly<Record<string, string>> = {},
): Promise<StagedApplications> {
  const values = `good: { name: ${good}, tag: 1.0.0 }\nbad: { name: ${bad}, tag: 1.0.0 }\n`;
  const container = "{{ .Values.good.name }}:{{ .Values.good.tag }}";
  const { url } = await git.createRepository(repository, {
    branches: {
      main: {
        ...chartFiles("mixed", values, [container]),
        ...chartFiles("other", values, [container]),
      },
    },
  });
  const running = [`${good}:1.0.0`, `${bad}:1.0.0`];
  const targets = { "good.helm.image-name": "good.name", "good.helm.image-tag": "good.tag" };
  const mixed = applicationManifest({
    name: "mixed",
    repositoryUrl: url,
    path: "mixed",
    running,
    annotations: {
      "image-list": `bad=${bad}, good=${good}`,
      "bad.helm.image-name": "bad.name",
      "bad.helm.image-tag": "bad.tag",
      ...targets,
      ...annotations,
    },
  });
  const other = applicationManifest({
    name: "other",
    repositoryUrl: url,
    path: "other",
    running,
    annotations: { "image-list": `good=${good}`, ...targets },
  });
  return { mixed, other };
}

/** Expects that both applications have the good image at 1.1.0, and nothing else was written. */
export async function expectOnlyGoodImages(
  git: GitTestServer,
  repository: string,
  { good }: Pick<StagedImages, "good">,
): Promise<void> {
  const file = overrideFile({ "good.name": good, "good.tag": "1.1.0" });
  for (const application of ["mixed", "other"]) {
    const path = `${application}/.argocd-source-${application}.yaml`;
    expect(await git.readFile(repository, "main", path)).toBe(file);
  }
  expect(await git.log(repository, "main")).toHaveLength(3);
}

/** The applications of a report, each with its images: `mixed`, `bad: error`, `good: update`. */
export function outcomesOf({ applications }: UpdateReport): readonly (readonly string[])[] {
  return applications.map(({ application, images }) => [
    application.name,
    ...images.map(({ alias, image, outcome }) => `${alias ?? image}: ${outcome}`),
  ]);
}
