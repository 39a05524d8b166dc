import { describe, expect, it } from "vitest";
import { inMemoryApplications, inMemoryArgoCd } from "../../src/testing/index.js";
import { currentImages } from "../../src/update/current-images.js";
import {
  application,
  counters,
  createWorld,
  manifestOf,
  OVERRIDE,
  type ApplicationSetup,
} from "./world.js";

const VALUES = "apps/web/values.yaml";
const override = (...entries: readonly (readonly [string, string])[]): string =>
  `helm:\n  parameters:\n${entries.map(([name, value]) => `  - name: ${name}\n    value: "${value}"\n`).join("")}`;

interface Case {
  readonly setup: ApplicationSetup;
  readonly override?: string;
  readonly manifest?: string;
  readonly runs: readonly string[];
}

function check({ setup, override: file, manifest, runs }: Case): void {
  const images = currentImages(application(setup), { override: file, manifest });
  expect(images.map(String)).toEqual(runs);
}

describe("what a Helm application without a status runs", () => {
  const annotations = { "write-back-method": "git", "image-list": "app=ghcr.io/team/app:1.x" };
  const parameters = [{ name: "image.tag", value: "1.1" }];
  const values = "image:\n  tag: '1.0'\n";
  const setup = { annotations, source: { helm: { parameters } } };
  const named = (name: string): ApplicationSetup => ({
    annotations: { ...annotations, "app.helm.image-spec": name },
  });

  it.each<readonly [string, Case]>([
    [
      "the override file comes first",
      {
        setup,
        override: override(["image.tag", "1.2"]),
        manifest: values,
        runs: ["ghcr.io/team/app:1.2"],
      },
    ],
    [
      "then the Application's parameters",
      { setup, manifest: values, runs: ["ghcr.io/team/app:1.1"] },
    ],
    [
      "which a file that has any hides",
      {
        setup,
        override: override(["replicas", "1"]),
        manifest: values,
        runs: ["ghcr.io/team/app:1.0"],
      },
    ],
    [
      "then the values file",
      { setup: { annotations }, manifest: values, runs: ["ghcr.io/team/app:1.0"] },
    ],
    ["else it is not known", { setup: { annotations }, runs: [] }],
    [
      "an empty tag says nothing",
      { setup: { annotations }, manifest: "image:\n  tag: ''\n", runs: [] },
    ],
    [
      "a file that is not YAML says nothing",
      { setup: { annotations }, manifest: "a: [", runs: [] },
    ],
    [
      "a digest beside the tag is kept",
      {
        setup: { annotations },
        manifest: `image:\n  tag: latest@sha256:${"a".repeat(64)}\n`,
        runs: [`ghcr.io/team/app:latest@sha256:${"a".repeat(64)}`],
      },
    ],
    [
      "a whole reference",
      {
        setup: named("image"),
        manifest: "image: ghcr.io/team/app:1.0\n",
        runs: ["ghcr.io/team/app:1.0"],
      },
    ],
    [
      "a reference to another image is not it",
      { setup: named("image"), manifest: "image: ghcr.io/team/other:1.0\n", runs: [] },
    ],
    [
      "a tag beside another image's name is not it",
      {
        setup: { annotations },
        manifest: "image:\n  name: redis\n  tag: '7'\n",
        runs: [],
      },
    ],
    [
      "a name without its registry is it",
      {
        setup: { annotations },
        manifest: "image:\n  registry: ghcr.io\n  name: team/app\n  tag: '1.0'\n",
        runs: ["ghcr.io/team/app:1.0"],
      },
    ],
  ])("%s", (_title, one) => check(one));

  it.each(["nginx", "docker.io/nginx", "library/nginx", "docker.io/library/nginx"])(
    "knows %s as nginx of Docker Hub",
    (name) => {
      check({
        setup: { annotations: { ...annotations, "image-list": "web=nginx:1.x" } },
        manifest: `image:\n  name: ${name}\n  tag: '1.0'\n`,
        runs: ["nginx:1.0"],
      });
    },
  );
});

describe("what a Kustomize application without a status runs", () => {
  const annotations = {
    "write-back-method": "git",
    "image-list": "app=docker.io/team/app:1.x",
  };
  const source = { kustomize: { images: ["team/app:1.1"] } };
  const manifest = "images:\n- name: team/app\n  newTag: '1.0'\n";
  const renamed = { ...annotations, "app.kustomize.image-name": "placeholder" };

  it.each<readonly [string, Case]>([
    [
      "the override file comes first",
      {
        setup: { annotations, source },
        override: "kustomize:\n  images:\n  - team/app:1.2\n",
        manifest,
        runs: ["docker.io/team/app:1.2"],
      },
    ],
    [
      "then the Application's images",
      { setup: { annotations, source }, manifest, runs: ["docker.io/team/app:1.1"] },
    ],
    [
      "then the kustomization",
      {
        setup: { annotations, source: { kustomize: {} } },
        manifest,
        runs: ["docker.io/team/app:1.0"],
      },
    ],
    [
      "an entry without a version says nothing",
      {
        setup: { annotations, source: { kustomize: {} } },
        manifest: "images:\n- name: team/app\n",
        runs: [],
      },
    ],
    [
      "a kustomization that cannot be read says nothing",
      { setup: { annotations, source: { kustomize: {} } }, manifest: "images: 1\n", runs: [] },
    ],
    [
      "the name to replace counts, with what it is replaced by",
      {
        setup: { annotations: renamed, source: { kustomize: {} } },
        manifest: "images:\n- name: placeholder\n  newName: docker.io/team/app\n  newTag: '1.0'\n",
        runs: ["docker.io/team/app:1.0"],
      },
    ],
    [
      "the name to replace runs itself where nothing replaces it",
      {
        setup: { annotations: renamed, source: { kustomize: {} } },
        manifest: "images:\n- name: placeholder\n  newTag: '1.0'\n",
        runs: ["placeholder:1.0"],
      },
    ],
    [
      "another image in its place is not it",
      {
        setup: { annotations: renamed, source: { kustomize: {} } },
        manifest: "images:\n- name: placeholder\n  newName: team/other\n  newTag: '1.0'\n",
        runs: [],
      },
    ],
  ])("%s", (_title, one) => check(one));
});

describe("what a plugin application without a status runs", () => {
  it("is what the variables say", () => {
    const app = application({
      annotations: { "image-list": "app=ghcr.io/team/app:1.x" },
      source: {
        plugin: {
          env: [
            { name: "IMAGE", value: "ghcr.io/team/app" },
            { name: "TAG", value: "1.0" },
          ],
        },
      },
    });
    const targets = { plugin: { name: "IMAGE", tag: "TAG" } };
    const policies = app.policies.map((policy) => ({ ...policy, targets }));
    const nothing = { override: undefined, manifest: undefined };
    expect(currentImages({ ...app, policies }, nothing).map(String)).toEqual([
      "ghcr.io/team/app:1.0",
    ]);
  });
});

describe("a cycle over an application without a status", () => {
  const registry = { "team/app": ["1.0", "1.1"] };
  const helm = application({
    annotations: {
      "write-back-method": "git",
      "image-list": "app=ghcr.io/team/app:1.x",
      "app.helm.image-tag": "image.tag",
    },
  });

  it("updates what the values file says, and is up to date once the override file says it", async () => {
    const { updater, git } = createWorld({
      registry,
      files: { [VALUES]: "image:\n  tag: '1.0'\n" },
    });
    expect((await updater.run([helm])).counters).toEqual(counters(1, 1, 0, 1, 0));
    expect(git.commits[0]?.message).toContain("tag '1.0' to '1.1'");
    expect((await updater.run([helm])).counters).toEqual(counters(1, 1, 0, 0, 0));
    expect(git.commits[0]?.paths).toEqual([OVERRIDE]);
  });

  it("does the same for Kustomize, whatever the kustomization is called", async () => {
    const kustomize = application({
      annotations: {
        "write-back-method": "git",
        "image-list": "app=ghcr.io/team/app:1.x",
        "write-back-target": "kustomization",
      },
    });
    const files = {
      "apps/web/Kustomization": "images:\n- name: ghcr.io/team/app\n  newTag: '1.0'\n",
    };
    const { updater, git } = createWorld({ registry, files });
    expect((await updater.run([kustomize])).counters).toEqual(counters(1, 1, 0, 1, 0));
    expect((await updater.run([kustomize])).counters).toEqual(counters(1, 1, 0, 0, 0));
    expect(git.commits.map(({ paths }) => paths)).toEqual([["apps/web/Kustomization"]]);
  });

  it("takes the Application's word where it is what is written, and reads no file", async () => {
    const setup = {
      annotations: { "image-list": "app=ghcr.io/team/app:1.x" },
      source: { helm: { parameters: [{ name: "image.tag", value: "1.0" }] } },
    };
    const { client } = inMemoryApplications([manifestOf(setup)]);
    const { updater, git } = createWorld({ registry, targets: [inMemoryArgoCd(client)] });
    expect((await updater.run([application(setup)])).counters).toEqual(counters(1, 1, 0, 1, 0));
    expect(await client.get({ namespace: "argocd", name: "web" })).toMatchObject({
      spec: { source: { helm: { parameters: [{ name: "image.tag", value: "1.1" }, {}] } } },
    });
    expect(git.calls).toEqual([]);
  });

  it("is in error when its files are said to be outside of the repository", async () => {
    const outside = application({
      annotations: {
        "write-back-method": "git",
        "image-list": "app=ghcr.io/team/app:1.x",
        "write-back-target": "helmvalues:../../../values.yaml",
      },
    });
    const { updater, git } = createWorld({ registry });
    const report = await updater.run([outside, helm]);
    expect(report.counters).toEqual(counters(2, 0, 1, 0, 1));
    expect(report.applications[0]?.error?.code).toBe("path-outside-repository");
    expect(git.commits).toEqual([]);
  });

  it("is in error when its files cannot be read, and the others go on", async () => {
    const { updater } = createWorld({
      registry,
      gitFaults: [{ on: "read", behave: "unauthorized" }],
    });
    const live = ["ghcr.io/team/app:1.0"];
    const other = application({
      name: "api",
      annotations: { "write-back-method": "git", "image-list": "app=ghcr.io/team/app:1.x" },
      live,
    });
    const report = await updater.run([helm, other]);
    expect(report.counters).toEqual(counters(2, 1, 0, 1, 1));
    expect(report.applications[0]?.error).toMatchObject({ code: "unauthorized" });
  });

  it("is in error when the target that should read has a bug", async () => {
    const { git } = createWorld({});
    const { updater } = createWorld({
      registry,
      targets: [
        {
          ...git,
          accepts() {
            throw new TypeError("bug");
          },
        },
      ],
    });
    const report = await updater.run([helm]);
    expect(report.counters).toEqual(counters(1, 0, 0, 0, 1));
    expect(report.applications[0]?.error?.message).toBe("TypeError: bug");
  });
});
