import { readdir, readFile } from "node:fs/promises";
import { loadAll } from "js-yaml";
import { beforeAll, describe, expect, it } from "vitest";
import { readConfiguration } from "../../../examples/controller/src/configuration.js";
import { at, listAt, textAt } from "../../../examples/controller/src/manifest-fields.js";
import { structuralProblems, type Schema } from "./support/structural-schema.js";
import { resourceProblems } from "./support/validate-resource.js";

const DEPLOY = new URL("../../../examples/controller/deploy/", import.meta.url);

/** The manifests of the folder by their files. */
const manifests = new Map<string, unknown>();

async function readManifest(file: string): Promise<unknown> {
  const documents = loadAll(await readFile(new URL(file, DEPLOY), "utf8"));
  expect(documents).toHaveLength(1);
  return documents[0];
}

beforeAll(async () => {
  const files = (await readdir(DEPLOY)).filter((name) => name.endsWith(".yaml"));
  for (const file of files) manifests.set(file, await readManifest(file));
});

function ofKind(kind: string): unknown {
  return [...manifests.values()].find((manifest) => textAt(manifest, "kind") === kind);
}

describe("the kustomization", () => {
  it("lists every file beside it", () => {
    const files = [...manifests.keys()].filter((file) => file !== "kustomization.yaml");
    const listed = listAt(manifests.get("kustomization.yaml"), "resources").map(String);
    expect(listed.toSorted()).toEqual(files.toSorted());
  });

  it("has no namespace, nor have its resources", () => {
    for (const manifest of manifests.values()) {
      expect(at(manifest, "namespace")).toBeUndefined();
      expect(at(manifest, "metadata", "namespace")).toBeUndefined();
    }
  });

  it("consists of resources with a version, a kind and a name", () => {
    const wrong = [...manifests].filter(
      ([file, manifest]) =>
        textAt(manifest, "apiVersion") === "" ||
        textAt(manifest, "kind") === "" ||
        (file !== "kustomization.yaml" && textAt(manifest, "metadata", "name") === ""),
    );
    expect(wrong.map(([file]) => file)).toEqual([]);
  });
});

describe("the deployment", () => {
  const pod = (): unknown => at(ofKind("Deployment"), "spec", "template", "spec");
  const container = (): unknown => listAt(pod(), "containers")[0];
  const portNames = (): readonly string[] =>
    listAt(container(), "ports").map((port) => textAt(port, "name"));

  it("selects its own pods, as the service does", () => {
    const labels = at(ofKind("Deployment"), "spec", "template", "metadata", "labels");
    expect(labels).toMatchObject(
      Object(at(ofKind("Deployment"), "spec", "selector", "matchLabels")),
    );
    expect(labels).toMatchObject(Object(at(ofKind("Service"), "spec", "selector")));
  });

  it("starts the controller with flags that there are", () => {
    const args = listAt(container(), "args").map(String);
    const configuration = readConfiguration(args, { POD_NAMESPACE: "argocd" });
    expect(configuration).toMatchObject({
      source: { kind: "cluster" },
      health: { port: 8081 },
      metrics: { port: 8080 },
      webhooks: { port: 8082 },
      leaderElection: { namespace: "argocd" },
    });
    const ports = listAt(container(), "ports").map((port) => at(port, "containerPort"));
    expect(ports).toEqual([8080, 8081, 8082]);
  });

  it("mounts its files where the controller looks for them", () => {
    const { registriesConf, commit, knownHosts, gitCertificates } = readConfiguration([], {});
    const mounts = listAt(container(), "volumeMounts");
    const volumes = listAt(pod(), "volumes");
    const mapAt = (path: string): string => {
      const mount = mounts.find((one) => textAt(one, "mountPath") === path);
      const volume = volumes.find((one) => textAt(one, "name") === textAt(mount, "name"));
      expect(mount).toMatchObject({ readOnly: true });
      return textAt(volume, "configMap", "name");
    };
    expect(registriesConf).toMatchObject({ path: "/app/config/registries.conf" });
    expect(commit.template).toMatchObject({ path: "/app/config/commit.template" });
    expect(knownHosts).toMatchObject({ path: "/app/config/ssh/ssh_known_hosts" });
    expect(mapAt("/app/config")).toBe(textAt(ofKind("ConfigMap"), "metadata", "name"));
    expect(mapAt("/app/config/ssh")).toBe("argocd-ssh-known-hosts-cm");
    expect(mapAt(gitCertificates)).toBe("argocd-tls-certs-cm");
    expect(volumes).toHaveLength(mounts.length);
    expect(at(ofKind("ConfigMap"), "data")).toHaveProperty(["registries.conf"]);
  });

  it("probes, and is reached, at ports that it has", () => {
    const probed = ["livenessProbe", "readinessProbe"].map((probe) =>
      textAt(container(), probe, "httpGet", "port"),
    );
    const reached = listAt(ofKind("Service"), "spec", "ports").map((port) =>
      textAt(port, "targetPort"),
    );
    for (const name of [...probed, ...reached]) expect(portNames()).toContain(name);
  });

  it("has no rights on its node, and bounds", () => {
    expect(at(pod(), "securityContext")).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
    });
    expect(at(container(), "securityContext")).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    expect(at(container(), "resources")).toMatchObject({
      requests: { cpu: expect.anything(), memory: expect.anything() },
      limits: { memory: expect.anything() },
    });
  });

  it("runs as the service account that the role is bound to", () => {
    const account = textAt(ofKind("ServiceAccount"), "metadata", "name");
    expect(textAt(pod(), "serviceAccountName")).toBe(account);
    expect(listAt(ofKind("RoleBinding"), "subjects")).toEqual([
      { kind: "ServiceAccount", name: account },
    ]);
    expect(at(ofKind("RoleBinding"), "roleRef")).toEqual({
      apiGroup: "rbac.authorization.k8s.io",
      kind: "Role",
      name: textAt(ofKind("Role"), "metadata", "name"),
    });
  });
});

describe("the role", () => {
  it("has rules that name groups, resources and verbs, none of them all", () => {
    for (const rule of listAt(ofKind("Role"), "rules")) {
      for (const field of ["apiGroups", "resources", "verbs"]) {
        expect(listAt(rule, field)).not.toEqual([]);
        expect(listAt(rule, field)).not.toContain("*");
      }
    }
  });
});

describe("the definition of ImageUpdater", () => {
  const schema = (): Schema => {
    const [version] = listAt(ofKind("CustomResourceDefinition"), "spec", "versions");
    return Object(at(version, "schema", "openAPIV3Schema")) as Schema;
  };

  it("is named after its plural and group, and has one version that is stored", () => {
    const definition = ofKind("CustomResourceDefinition");
    const [plural, group] = [
      textAt(definition, "spec", "names", "plural"),
      textAt(definition, "spec", "group"),
    ];
    expect(textAt(definition, "metadata", "name")).toBe(`${plural}.${group}`);
    expect(listAt(definition, "spec", "versions")).toMatchObject([
      { name: "v1alpha1", served: true, storage: true, subresources: { status: {} } },
    ]);
  });

  it("has a structural schema", () => {
    expect(structuralProblems(schema())).toEqual([]);
  });

  it("takes the sample", async () => {
    expect(resourceProblems(schema(), await readManifest("samples/image-updater.yaml"))).toEqual(
      [],
    );
  });

  const image = { alias: "web", imageName: "acme/web" };
  const ref = { namePattern: "web-*", images: [image] };

  it.each<[string, object]>([
    ["one reference", { applicationRefs: [ref] }],
    [
      "annotations instead of images",
      { applicationRefs: [{ namePattern: "*", useAnnotations: true }] },
    ],
    [
      "verification that is off",
      { applicationRefs: [ref], imagesVerification: { enabled: false } },
    ],
    [
      "verification by a key",
      { applicationRefs: [ref], imagesVerification: { cosignKey: { secretName: "a", key: "b" } } },
    ],
    [
      "a pull request with labels",
      {
        applicationRefs: [ref],
        writeBackConfig: {
          method: "git",
          gitConfig: { pullRequest: { github: {}, labels: ["a"] } },
        },
      },
    ],
    [
      "a plugin with a name only",
      {
        applicationRefs: [
          { ...ref, images: [{ ...image, manifestTargets: { plugin: { name: "A" } } }] },
        ],
      },
    ],
  ])("takes %s", (_, spec) => {
    expect(resourceProblems(schema(), { metadata: { name: "web" }, spec })).toEqual([]);
  });

  const withTargets = (manifestTargets: object): object => ({
    applicationRefs: [{ ...ref, images: [{ ...image, manifestTargets }] }],
  });
  const withRequest = (pullRequest: object): object => ({
    applicationRefs: [ref],
    writeBackConfig: { gitConfig: { pullRequest } },
  });

  it.each<[string, object, string]>([
    ["no references", {}, "applicationRefs is missing"],
    ["an empty list of them", { applicationRefs: [] }, "has too few items"],
    ["two with the same pattern", { applicationRefs: [ref, ref] }, "has duplicates"],
    [
      "neither images nor annotations",
      { applicationRefs: [{ namePattern: "*" }] },
      "fits none of anyOf",
    ],
    ["no images", { applicationRefs: [{ ...ref, images: [] }] }, "fits none of anyOf"],
    [
      "an image without a name",
      { applicationRefs: [{ ...ref, images: [{ alias: "a" }] }] },
      "imageName is missing",
    ],
    [
      "an alias with a slash",
      { applicationRefs: [{ ...ref, images: [{ ...image, alias: "a/b" }] }] },
      "does not match",
    ],
    [
      "two images of one alias",
      { applicationRefs: [{ ...ref, images: [image, image] }] },
      "has duplicates",
    ],
    ["two kinds of targets", withTargets({ helm: {}, kustomize: { name: "a" } }), "oneOf"],
    ["no kind of target", withTargets({}), "oneOf"],
    ["a plugin without names", withTargets({ plugin: { tag: "T" } }), "fits none of anyOf"],
    ["kustomize without a name", withTargets({ kustomize: {} }), "name is missing"],
    [
      "an unknown method",
      { applicationRefs: [ref], writeBackConfig: { method: "svn" } },
      "does not match",
    ],
    ["two forges", withRequest({ github: {}, gitlab: {} }), "oneOf"],
    ["no forge", withRequest({ labels: ["a"] }), "oneOf"],
    ["an empty label", withRequest({ github: {}, labels: [""] }), "is too short"],
    [
      "verification without a key",
      { applicationRefs: [ref], imagesVerification: {} },
      "fits none of anyOf",
    ],
    [
      "tags to ignore as one text",
      { applicationRefs: [ref], commonUpdateSettings: { ignoreTags: "*" } },
      "is not of type array",
    ],
    ["a field of 1.0", { applicationRefs: [ref], namespace: "argocd" }, "namespace is not a field"],
  ])("refuses %s", (_, spec, problem) => {
    const problems = resourceProblems(schema(), { metadata: { name: "web" }, spec });
    expect(problems.join("\n")).toContain(problem);
  });

  it("is refused by the check where it would not be structural", () => {
    const broken: Schema = {
      type: "object",
      properties: { list: { type: "array", "x-kubernetes-list-type": "map" }, any: {} },
      anyOf: [{ required: ["absent"], type: "object" }],
    };
    expect(structuralProblems(broken)).toEqual([
      "$(junctor): type is not for junctors",
      "$(junctor): absent is not specified outside",
      "$.list: no items",
      "$.list: a list map has keys, another list has none",
      "$.any: no type",
    ]);
  });
});
